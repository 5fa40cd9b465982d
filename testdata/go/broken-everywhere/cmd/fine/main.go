// Command fine is fine.
package main

func main() { println("fine") }
