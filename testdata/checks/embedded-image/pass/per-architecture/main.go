// A program that carries the DLL of its own architecture, and a .NET assembly that is bound to none.
package main

import (
	_ "embed"
	"os"
)

//go:embed managed.dll
var managed []byte

func main() {
	if err := os.WriteFile("tool.dll", tool, 0o600); err != nil {
		panic(err)
	}
	if err := os.WriteFile("managed.dll", managed, 0o600); err != nil {
		panic(err)
	}
}
