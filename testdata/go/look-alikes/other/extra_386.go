package other

// Extra is there on 386 only.
func Extra() {}
