// Command tool, the client's.
package main

func main() { println("client") }
