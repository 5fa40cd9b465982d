// Package greet lacks a constant on arm64.
package greet

// Hello greets.
func Hello() string { return "hello from " + machine }
