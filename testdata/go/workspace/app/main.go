// Command app uses the other module of the workspace.
package main

import "example.com/workspace/lib"

func main() { println(lib.Name()) }
