// Package tun has a driver's DLL that only code for amd64 asks for.
package tun

import _ "embed"

//go:embed wintun.dll
var dll []byte

// Name is its name.
const Name = "wintun"
