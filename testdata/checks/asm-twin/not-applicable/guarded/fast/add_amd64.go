package fast

func add(a, b int64) int64
