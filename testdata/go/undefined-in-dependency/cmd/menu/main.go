// Command menu uses a function that its dependency has on amd64 only.
package main

import (
	"fmt"

	"example.com/dep"
)

func main() { fmt.Println(dep.Name(), dep.ItemFromPoint(3, 4)) }
