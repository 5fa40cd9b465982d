// Command app imports a package that has no file for arm64.
package main

import (
	"fmt"

	"example.com/dep"
)

func main() { fmt.Println(dep.Fast(20)) }
