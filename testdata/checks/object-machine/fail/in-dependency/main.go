// Command in-dependency links a dependency that brings one object it calls and one that it does not.
package main

import (
	"fmt"

	"example.com/in-dependency/dep/sum"
	"example.com/in-dependency/dep/unused"
)

func main() { fmt.Println(sum.Add(1, 2), unused.One) }
