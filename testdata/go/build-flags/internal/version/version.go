// Package version has a variable that the linker sets.
package version

// Number is set by -X.
var Number = "unknown"
