package call

func (b *Buffer) aligned() int { return len(b.data) &^ 15 }
