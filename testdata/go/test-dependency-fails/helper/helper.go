// Package helper helps tests.
package helper

// Want is what tests want.
func Want() int { return want }
