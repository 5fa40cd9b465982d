// Command tool is not Go.
package main

func main() {
	println("tool"
}
