// Package dep compiles without cgo and is empty then.
package dep
