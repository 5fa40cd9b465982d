package outside_test

import (
	"testing"

	"example.com/test-only-break/outside"
)

func TestTwo(t *testing.T) {
	if outside.Two() != want() {
		t.Fail()
	}
}
