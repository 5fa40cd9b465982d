// Command lost has its manifest from a package that has it for amd64 only.
package main

import "example.com/lost/lib"

func main() { lib.Run() }
