package main

import _ "embed"

//go:embed tool_arm64.dll
var tool []byte
