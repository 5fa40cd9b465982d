package size

func putZoom(uintptr, float64) error { return errNoFloat }
