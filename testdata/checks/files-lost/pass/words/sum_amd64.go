package words

func sum(values []int) (total int) {
	for i := range values {
		total += values[i]
	}
	return total
}
