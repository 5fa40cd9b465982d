// Command newer-go is fine but for its go.mod.
package main

func main() { println("newer") }
