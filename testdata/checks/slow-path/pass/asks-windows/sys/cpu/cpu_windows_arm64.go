package cpu

func init() { ARM64.HasAES = true }
