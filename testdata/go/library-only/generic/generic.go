// Package generic exports nothing that can be referred to without a type argument.
package generic

// Number is a constraint: it is not a type of values.
type Number interface {
	~int | ~int64 | ~float64
}

// Pair is a generic type.
type Pair[K comparable, V any] struct {
	Key K
	Val V
}

// Sum is a generic function.
func Sum[T Number](xs ...T) (total T) {
	for _, x := range xs {
		total += x
	}
	return total
}
