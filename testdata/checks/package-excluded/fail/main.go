// Command main imports a package that is not there on arm64.
package main

import "example.com/package-excluded-fail/fast"

func main() { println(fast.Word) }
