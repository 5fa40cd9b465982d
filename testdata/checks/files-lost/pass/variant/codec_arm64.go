package codec

func init() { Names = append(Names, "neon") }
