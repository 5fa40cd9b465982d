// Command resources-both has its manifest on both architectures.
package main

func main() { println("resources") }
