// Package engine runs.
package engine

/*
#cgo LDFLAGS: -lm
#cgo windows LDFLAGS: -lengine -lws2_32
#cgo windows,amd64 LDFLAGS: -L${SRCDIR}/lib/windows-x86_64
#cgo linux,arm64 LDFLAGS: -L${SRCDIR}/lib/linux-aarch64
extern int engine_run(int n);
*/
import "C"

// Run runs.
func Run(n int) int { return int(C.engine_run(C.int(n))) }
