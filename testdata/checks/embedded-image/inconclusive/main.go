// A program that carries a zip with a password.
package main

import (
	_ "embed"
	"os"
)

//go:embed locked.zip
var locked []byte

func main() {
	if err := os.WriteFile("locked.zip", locked, 0o600); err != nil {
		panic(err)
	}
}
