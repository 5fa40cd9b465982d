// Package guard needs an interface whose methods only mutex_amd64.go declares.
package guard

// Locker is what a guard holds.
type Locker interface {
	Lock()
	Unlock()
}

// Mutex is a Locker on amd64.
type Mutex struct{ state uint32 }

// New returns a Locker.
func New() Locker { return &Mutex{} }
