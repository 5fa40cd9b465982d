package main

import _ "embed"

//go:embed tool_amd64.dll
var tool []byte
