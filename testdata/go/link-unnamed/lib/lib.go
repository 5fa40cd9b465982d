// Package lib jumps to a symbol that nobody defines.
package lib

// F is assembly.
func F()
