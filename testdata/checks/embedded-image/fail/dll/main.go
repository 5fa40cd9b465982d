// A program that carries a DLL, a driver and a DLL without code for x64, and a DLL for x86 under another name.
package main

import (
	"embed"
	"os"
)

//go:embed lib
var lib embed.FS

//go:embed old.bin
var old []byte

func main() {
	for _, name := range []string{"tool.dll", "tool.sys", "de.dll"} {
		data, err := lib.ReadFile("lib/" + name)
		if err == nil {
			err = os.WriteFile(name, data, 0o600)
		}
		if err != nil {
			panic(err)
		}
	}
	if len(os.Args) > 1 {
		_ = os.WriteFile("old.dll", old, 0o600)
	}
}
