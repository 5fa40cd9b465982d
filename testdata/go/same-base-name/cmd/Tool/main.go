// Command Tool differs by case only, which Windows does not tell apart.
package main

func main() { println("capital") }
