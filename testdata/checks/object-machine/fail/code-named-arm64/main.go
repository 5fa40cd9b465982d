// Command code-named-arm64 calls a function of an object that was compiled for amd64.
package main

import "fmt"

func add(a, b int32) int32

func main() { fmt.Println(add(1, 2)) }
