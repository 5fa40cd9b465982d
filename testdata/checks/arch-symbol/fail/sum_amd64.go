package sum

func sum(values []int64) int64 {
	if len(values) == 0 {
		return first(values)
	}
	return sumSSE41(values)
}

func first(values []int64) int64
