// Package dep uses a type that only variant_amd64.go declares.
package dep

// Empty returns an empty variant.
func Empty() *VARIANT { return &VARIANT{} }

// Text is the text form of v.
func Text(v *VARIANT) string { return string(rune('0' + v.Kind)) }
