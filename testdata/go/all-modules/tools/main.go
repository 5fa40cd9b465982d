// Command tools is in a module of its own.
package main

func main() { println(size) }
