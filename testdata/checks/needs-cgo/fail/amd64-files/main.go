// A package whose libraries are named in a file for windows/amd64.
package main

import "example.com/needs-cgo-files/store"

func main() { println(store.Open()) }
