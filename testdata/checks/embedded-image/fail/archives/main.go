// A program that carries a program for x64 in a zip, and a DLL for 32-bit Arm in a gzipped tar archive.
package main

import (
	"embed"
	"os"
)

//go:embed setup.zip lib.tar.gz
var files embed.FS

func main() {
	for _, name := range []string{"setup.zip", "lib.tar.gz"} {
		data, err := files.ReadFile(name)
		if err == nil {
			err = os.WriteFile(name, data, 0o600)
		}
		if err != nil {
			panic(err)
		}
	}
}
