// Command tool again: go build names the exe of a path that ends in v2 after the element before.
package main

func main() { println("second") }
