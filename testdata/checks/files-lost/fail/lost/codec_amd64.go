package codec

func init() { Names = append(Names, "avx2") }
