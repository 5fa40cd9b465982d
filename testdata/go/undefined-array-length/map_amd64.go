package db

const maxMapSize = 1 << 30
