// Command app does not need the package that is missing.
package main

func main() { println("app") }
