// Command tool is fine.
package main

func main() { println("tool") }
