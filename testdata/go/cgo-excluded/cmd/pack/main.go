// Command pack imports a package that exists with cgo only.
package main

import "example.com/dep"

func main() { println(dep.Level()) }
