// The DLL is in a package, and nothing that is built refers to it, so no exe carries it.
package main

import "example.com/embedded-image-unlinked/tun"

func main() { println(tun.Name) }
