// Package library has no command: whoever imports it can reach what its exported functions call.
package library

import (
	"example.com/dep/called"
	"example.com/dep/uncalled"
)

// Louder calls a function that passes a float.
func Louder(level float32) { called.SetVolume(level + 1) }

// Quiet calls none.
func Quiet() { uncalled.Mute() }
