// Package old is for neither amd64 nor arm64.
package old

// Bits is the size of a word.
const Bits = 32
