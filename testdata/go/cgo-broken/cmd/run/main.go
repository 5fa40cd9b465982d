// Command run needs a package that breaks without cgo.
package main

import "example.com/dep"

func main() { println(dep.NewEngine().Name()) }
