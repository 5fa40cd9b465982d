//go:build ignore

// This program is run by hand; it is no part of the package.
package main

func main() { println(undefinedOnPurpose) }
