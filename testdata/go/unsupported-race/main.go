// Command unsupported-race is fine; the flag is not.
package main

func main() { println("race") }
