// A program that carries a DLL for each architecture and chooses at run time.
package main

import (
	"embed"
	"os"
	"runtime"
)

//go:embed amd64 arm64
var libraries embed.FS

func main() {
	data, err := libraries.ReadFile(runtime.GOARCH + "/tool.dll")
	if err == nil {
		err = os.WriteFile("tool.dll", data, 0o600)
	}
	if err != nil {
		panic(err)
	}
}
