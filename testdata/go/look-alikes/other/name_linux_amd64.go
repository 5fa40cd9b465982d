package other

const name = "linux/amd64"
