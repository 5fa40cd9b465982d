// Command grouper imports a package that has no file for Windows: a load error.
package main

import "example.com/not-windows-command/internal/group"

func main() { println(group.ID()) }
