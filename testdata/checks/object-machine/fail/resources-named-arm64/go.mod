module example.com/resources-named-arm64

go 1.24
