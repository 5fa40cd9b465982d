package inside

import "testing"

func TestTwo(t *testing.T) {
	if Two() != want {
		t.Fail()
	}
}
