package heap

const limit = 1 << 40
