// Package other has files for amd64 that Windows never saw.
package other

// Name is a name.
func Name() string { return name }
