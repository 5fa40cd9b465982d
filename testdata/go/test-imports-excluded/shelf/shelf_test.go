package shelf

import (
	"testing"

	"example.com/test-imports-excluded/fast"
)

func TestSize(t *testing.T) {
	if fast.Size() != Size() {
		t.Fail()
	}
}
