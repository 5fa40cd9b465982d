// Command half uses a package that has cgo and does not need it.
package main

import "example.com/cgo-optional/user"

func main() { println(user.Half(42)) }
