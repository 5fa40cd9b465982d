package greet

const machine = "amd64"
