// Command main downloads a tool whose name depends on the architecture, in four ways that forgot arm64.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// archs are the names that the tool's authors give to architectures.
var archs = map[string]string{"amd64": "x64", "386": "x86"}

// URL fails where the switch does not know the architecture.
func URL() (string, error) {
	switch runtime.GOARCH {
	case "amd64":
		return "https://example.com/tool-x64.zip", nil
	case "386":
		return "https://example.com/tool-x86.zip", nil
	default:
		return "", fmt.Errorf("no tool for %s", runtime.GOARCH)
	}
}

// Name has a hole where the map does not know the architecture.
func Name() string {
	return "tool-" + archs[runtime.GOARCH] + ".exe"
}

// Check refuses what it names.
func Check() error {
	if runtime.GOOS == "windows" && runtime.GOARCH == "arm64" {
		return errors.New("not on Windows on Arm yet")
	}
	return nil
}

// Driver asks for the architecture everywhere but on Windows.
func Driver() string {
	platform := "linux"
	switch runtime.GOOS {
	case "windows":
		platform = "win32_x64"
	case "darwin":
		platform = "mac"
		if runtime.GOARCH == "arm64" {
			platform = "mac-arm64"
		}
	}
	return platform
}

func main() {
	url, err := URL()
	fmt.Println(url, err, Name(), Check(), Driver())
	if err != nil {
		os.Exit(1)
	}
}
