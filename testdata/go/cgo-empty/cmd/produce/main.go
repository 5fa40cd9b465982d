// Command produce uses what its dependency has with cgo only.
package main

import "example.com/dep"

func main() { println(dep.NewProducer()) }
