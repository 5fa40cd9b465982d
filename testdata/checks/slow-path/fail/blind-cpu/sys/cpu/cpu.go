// Package cpu stands in for the package of that path: its ARM64 says what the processor can do.
package cpu

// ARM64 has the features of an ARM64 processor; all false where it is another.
var ARM64 struct {
	HasAES   bool
	HasPMULL bool
}
