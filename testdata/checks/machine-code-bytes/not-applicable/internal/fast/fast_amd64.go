// Package fast is for amd64 only, and nobody imports it.
package fast

// Word is a word.
const Word = "fast"
