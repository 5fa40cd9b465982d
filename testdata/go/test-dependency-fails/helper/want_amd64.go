package helper

const want = 1
