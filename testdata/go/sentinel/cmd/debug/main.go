// Command debug imports a package that refuses unknown architectures.
package main

import "example.com/dep"

func main() { println(dep.Registers) }
