// Command add links it.
package main

import "example.com/native-asm/add"

func main() { println(add.Sum(40, 2)) }
