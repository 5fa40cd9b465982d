// Command main carries the version of a dependency in its build information.
package main

import "example.com/dep"

func main() { println(dep.Word) }
