// Package root is the root module's only package.
package root

// Name is a name.
func Name() string { return "root" }
