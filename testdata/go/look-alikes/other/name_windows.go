package other

const name = "windows"
