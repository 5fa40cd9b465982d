package size

import "math"

func putZoom(monitor uintptr, zoom float64) error {
	setScale.Call(monitor, uintptr(math.Float64bits(zoom)))
	return nil
}
