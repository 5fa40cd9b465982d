// Package fast is for amd64 only.
package fast

// Word is a word.
const Word = "fast"
