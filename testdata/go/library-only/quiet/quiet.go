// Package quiet exports no name at all; it is imported for its init.
package quiet

var started bool

func init() { started = true }

func isStarted() bool { return started }
