// Command broken has a type error on every platform.
package main

func main() {
	var n int = "seven"
	println(n)
}
