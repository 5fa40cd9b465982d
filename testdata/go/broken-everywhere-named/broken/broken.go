// Package broken has a type error on every platform.
package broken

// Number is not a number.
func Number() int { return "seven" }
