package vector

import "testing"

func TestNothing(t *testing.T) {}
