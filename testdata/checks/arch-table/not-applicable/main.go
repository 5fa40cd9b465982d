// Command main is fine on every platform.
package main

func main() { println("fine") }
