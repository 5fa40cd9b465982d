// Command main is stopped by package clock; what package add lacks shows only when it is linked.
package main

import "example.com/asm-twin-fail/clock"

func main() { println(clock.Now()) }
