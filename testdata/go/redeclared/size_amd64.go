package page

func size() int { return 4096 }
