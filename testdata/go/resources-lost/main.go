// Command resources-lost has its manifest on amd64 only.
package main

func main() { println("resources") }
