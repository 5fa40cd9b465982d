package guard

// Lock locks.
func (m *Mutex) Lock() { m.state = 1 }

// Unlock unlocks.
func (m *Mutex) Unlock() { m.state = 0 }
