package rot

func left(n uint64) uint64
