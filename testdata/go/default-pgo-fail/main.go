// Command default-pgo-fail has a default.pgo beside it.
package main

import "example.com/default-pgo-fail/page"

func main() { println(page.Size()) }
