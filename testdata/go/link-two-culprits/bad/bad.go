// Package bad lacks a body everywhere.
package bad

// F calls what nobody defines.
func F() int { return g() }

func g() int
