//go:build windows

// Command main has executable memory and bytes that are no x86 code.
package main

import (
	"fmt"
	"runtime"
	"syscall"
)

var procVirtualAlloc = syscall.NewLazyDLL("kernel32.dll").NewProc("VirtualAlloc")

var (
	// arm64Code is `mov x0, #1; ret`.
	arm64Code = []byte{0x20, 0x00, 0x80, 0xd2, 0xc0, 0x03, 0x5f, 0xd6}
	table     = []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	name      = []byte("kernel32.dll")
)

// code is chosen by the architecture.
func code() []byte {
	if runtime.GOARCH == "amd64" {
		return []byte{
			0x48, 0x83, 0xec, 0x28, 0x48, 0x89, 0xc8, 0x48, 0x01, 0xd0,
			0x49, 0x0f, 0xaf, 0xc0, 0x48, 0x83, 0xc4, 0x28, 0xc3,
		}
	}
	return arm64Code
}

func main() {
	at, _, _ := procVirtualAlloc.Call(0, 4096, 0x3000, 0x40)
	fmt.Println(at, len(code()), len(table), len(name))
}
