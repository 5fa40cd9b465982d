package dep

import "strconv"

// Name uses a type that is gone without cgo.
func (e *Engine) Name() string { return "engine " + strconv.Itoa(e.number) }
