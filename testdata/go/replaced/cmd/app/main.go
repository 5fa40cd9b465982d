// Command app uses a replaced module whose own dependency, replaced too, fails.
package main

import "example.com/wrap"

func main() { println(wrap.Pages(1 << 20)) }
