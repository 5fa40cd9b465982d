// Command tool, the server's.
package main

func main() { println("server") }
