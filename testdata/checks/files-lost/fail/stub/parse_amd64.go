package stub

func count(text string) int

// Parse counts.
func Parse(text string) (int, error) {
	if text == "" {
		return 0, ErrEmpty
	}
	return count(text), nil
}
