//go:build windows

// Command main has what looks like the name of a DLL for x64, and is right: it loads foo_x64.dll nowhere.
package main

import (
	"fmt"
	"runtime"
	"syscall"
)

// chosen has a name for each architecture.
func chosen() string {
	switch runtime.GOARCH {
	case "amd64":
		return "engine_x64.dll"
	case "arm64":
		return "engine_arm64.dll"
	}
	return "engine.dll"
}

// guarded names x64 where the program is for x64.
func guarded() string {
	if runtime.GOARCH == "amd64" {
		return "codec_x64.dll"
	}
	return "codec.dll"
}

// platform reads a platform and loads nothing.
func platform(name string) bool {
	return name == "windows/amd64" || name == "x64"
}

func main() {
	kernel := syscall.NewLazyDLL("kernel32.dll")
	fmt.Println(kernel.Name, chosen(), guarded(), platform("x64"))
	fmt.Println("Copy the x64 version of the codec next to codec.dll before you start.")
}
