module example.com/code-named-arm64

go 1.24
