package tagged

import "testing"

func BenchmarkNothing(b *testing.B) {}
