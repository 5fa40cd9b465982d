package outside_test

func want() int { return 2 }
