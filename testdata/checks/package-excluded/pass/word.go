// Package word has a file for each architecture.
package word

// Size is the size of a word.
func Size() int { return size }
