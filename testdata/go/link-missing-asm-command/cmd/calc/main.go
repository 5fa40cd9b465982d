// Command calc compiles and does not link.
package main

import "example.com/link-missing-asm-command/add"

func main() { println(add.Sum(1, 2)) }
