// Command db needs a module that go.sum does not have.
package main

import "example.com/absent"

func main() { println(absent.Name()) }
