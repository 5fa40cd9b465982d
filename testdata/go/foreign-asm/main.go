// Command foreign-asm needs assembly that is x86 and does not say so.
package main

import "example.com/dep"

func main() { println(dep.Add(1, 2)) }
