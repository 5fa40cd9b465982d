//go:build windows

// Command main calls machine code that it carries as bytes.
package main

import (
	"fmt"
	"syscall"
	"unsafe"
)

const (
	memCommit            = 0x1000
	memReserve           = 0x2000
	pageExecuteReadWrite = 0x40
)

var procVirtualAlloc = syscall.NewLazyDLL("kernel32.dll").NewProc("VirtualAlloc")

// multiplyAdd is `sub rsp, 28h; mov rax, rcx; add rax, rdx; imul rax, r8; add rsp, 28h; ret`.
var multiplyAdd = []byte{
	0x48, 0x83, 0xec, 0x28,
	0x48, 0x89, 0xc8,
	0x48, 0x01, 0xd0,
	0x49, 0x0f, 0xaf, 0xc0,
	0x48, 0x83, 0xc4, 0x28,
	0xc3,
}

func main() {
	size := uintptr(len(multiplyAdd))
	at, _, err := procVirtualAlloc.Call(0, size, memCommit|memReserve, 0x40)
	if at == 0 {
		fmt.Println(err)
		return
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(at)), size), multiplyAdd)
	got, _, _ := syscall.SyscallN(at, 2, 3, 4)
	fmt.Println(got, pageExecuteReadWrite)
}
