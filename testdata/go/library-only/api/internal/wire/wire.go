// Package wire can be imported below api/ only: a link proof elsewhere in the module may not.
package wire

// Frame puts the length in front.
func Frame(s string) []byte { return append([]byte{byte(len(s))}, s...) }

// Unused is exported and nothing in the module calls it.
func Unused() int { return 1 }
