package checksum

import "testing"

func TestSum(t *testing.T) {
	if got := Sum([]byte{1, 2, 250}); got != 253 {
		t.Fatalf("Sum = %d, want 253", got)
	}
}
