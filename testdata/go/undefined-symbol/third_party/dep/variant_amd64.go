package dep

// VARIANT has 24 bytes on amd64.
type VARIANT struct {
	Kind uint16
	_    [3]uint16
	Val  int64
	_    [8]byte
}
