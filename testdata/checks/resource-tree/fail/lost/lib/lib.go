// Package lib brings a resource object.
package lib

// Run does nothing.
func Run() {}
