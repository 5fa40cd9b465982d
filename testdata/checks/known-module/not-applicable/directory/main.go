// Command directory uses a package that a directory stands in for.
package main

import "example.com/dep/page"

func main() { println(page.Size()) }
