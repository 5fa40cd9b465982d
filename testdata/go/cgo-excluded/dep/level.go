// Package dep is made of cgo files only.
package dep

// static int level(void) { return 3; }
import "C"

// Level is the default level.
func Level() int { return int(C.level()) }
