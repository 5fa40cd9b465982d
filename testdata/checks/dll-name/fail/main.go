//go:build windows

// Command main loads, embeds, starts and names what is for x64.
package main

import (
	_ "embed"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
)

//go:embed x64/carried.dll
var carried []byte

const codec = "lib/win64/codec.dll"

var (
	loader = syscall.NewLazyDLL("Loader_x64.dll")
	other  = "plugins_amd64.dll"
)

func load(dir string) error {
	if _, err := syscall.LoadDLL(codec); err != nil {
		return err
	}
	_, err := syscall.LoadLibrary(filepath.Join(dir, "x86_64", "filter.dll"))
	return err
}

func main() {
	fmt.Println(len(carried), loader.Name, other, load("."))
	fmt.Println(exec.Command("helper_x64.exe").Run())
}
