// Package dep knows amd64.
package dep

// Registers is how many there are.
const Registers = registers
