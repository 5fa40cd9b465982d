// Command dep-newer-go needs a module that requires a newer Go.
package main

import "example.com/dep"

func main() { println(dep.Name()) }
