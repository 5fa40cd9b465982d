package shelf

import (
	"testing"

	"example.com/helper"
)

func TestSize(t *testing.T) {
	if Size() != helper.Want() {
		t.Fail()
	}
}
