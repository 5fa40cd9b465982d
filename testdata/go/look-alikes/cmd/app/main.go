// Command app links most of the look-alikes.
package main

import (
	"example.com/look-alikes/goarch"
	"example.com/look-alikes/other"
	"example.com/look-alikes/tagged"
)

func main() { println(goarch.Name(), other.Name(), tagged.Name()) }
