package page

func size() int { return 16384 }
