// Package dep is a dependency.
package dep

// Word is a word.
const Word = "dep"
