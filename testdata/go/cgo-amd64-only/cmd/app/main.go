// Command app imports a package that has a cgo file for amd64 and nothing else.
package main

import "example.com/dep"

func main() { println(dep.Level()) }
