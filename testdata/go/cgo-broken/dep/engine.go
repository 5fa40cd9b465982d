// Package dep declares Engine in a cgo file.
package dep

// static int number(void) { return 7; }
import "C"

// Engine has a number from C.
type Engine struct{ number int }

// NewEngine returns an Engine.
func NewEngine() *Engine { return &Engine{number: int(C.number())} }
