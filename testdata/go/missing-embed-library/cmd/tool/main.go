// Command tool does not need the front end.
package main

func main() { println("tool") }
