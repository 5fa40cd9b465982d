// Package host stands between the command and the broken package.
package host

import "example.com/dep"

// Name is the name of this machine.
func Name() string { return dep.Text(dep.Empty()) }
