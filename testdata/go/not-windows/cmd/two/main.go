// Command two is for every platform.
package main

import "example.com/not-windows/fine"

func main() { println(fine.Two()) }
