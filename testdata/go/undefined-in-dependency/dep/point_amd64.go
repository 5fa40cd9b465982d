package dep

// ItemFromPoint packs a point into one word.
func ItemFromPoint(x, y int32) int64 { return int64(y)<<32 | int64(uint32(x)) }
