// Package integration has tests and nothing else, on every architecture.
package integration

import "testing"

func TestNothing(t *testing.T) {}
