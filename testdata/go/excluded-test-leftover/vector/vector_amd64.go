// Package vector is for amd64 only, except for its test.
package vector

// Lanes is how many words fit in a register.
const Lanes = 4
