package count

func init() { bits = bitsASM }

func bitsASM(n uint64) uint64
