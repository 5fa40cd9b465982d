package tun

// Load gives the DLL.
func Load() []byte { return dll }
