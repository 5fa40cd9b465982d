package word

const size = 8
