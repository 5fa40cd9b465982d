// Command other-package uses a vendored package.
package main

import "example.com/dep/page"

func main() { println(page.Size()) }
