// Command app imports it, so no platform builds the command.
package main

import "example.com/broken-everywhere-imported/broken"

func main() { println(broken.Number()) }
