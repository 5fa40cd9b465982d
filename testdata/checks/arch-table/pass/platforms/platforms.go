// Package platforms speaks of the platforms of other programs, not of its own.
package platforms

import (
	"fmt"
	"runtime"
)

// Machine is the machine of a program for an architecture; it is asked about any.
func Machine(arch string) (uint16, error) {
	switch arch {
	case "amd64":
		return 0x8664, nil
	case "386":
		return 0x14c, nil
	}
	return 0, fmt.Errorf("unknown architecture %q", arch)
}

// Known are the architectures with a name of their own, the one of this program among them.
func Known() map[string]string {
	return map[string]string{"amd64": "x86_64", runtime.GOARCH: runtime.GOARCH}
}
