// Command db needs a module that cannot be downloaded.
package main

import "example.com/absent"

func main() { println(absent.Name()) }
