// Command main imports a package that is made of cgo alone.
package main

import "example.com/needs-cgo-fail/half"

func main() { println(half.Of(4)) }
