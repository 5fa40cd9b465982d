// A program that carries a DLL for x64; it is linked without symbols.
package main

import (
	"embed"
	"os"
)

//go:embed dist
var dist embed.FS

func main() {
	data, err := dist.ReadFile("dist/tool.dll")
	if err == nil {
		err = os.WriteFile("tool.dll", data, 0o600)
	}
	if err != nil {
		panic(err)
	}
}
