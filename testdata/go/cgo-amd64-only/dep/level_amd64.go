// Package dep needs cgo and amd64: cgo alone does not bring it to arm64.
package dep

// static int level(void) { return 3; }
import "C"

// Level is the default level.
func Level() int { return int(C.level()) }
