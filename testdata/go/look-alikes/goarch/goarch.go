// Package goarch asks for the architecture at run time and has an answer for every one.
package goarch

import "runtime"

// Name is the vendor's name of this architecture.
func Name() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x64"
	case "arm64":
		return "ARM64"
	default:
		return runtime.GOARCH
	}
}
