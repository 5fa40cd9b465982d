// Command fine is for every platform.
package main

func main() { println("fine") }
