// Command code calls a function of an object, which is there for each architecture.
package main

import "fmt"

func add(a, b int32) int32

func main() { fmt.Println(add(1, 2)) }
