// Command missing-body uses a function whose body is in assembly for amd64.
package main

import "example.com/dep"

func main() { println(dep.Add(1, 2)) }
