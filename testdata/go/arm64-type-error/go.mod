module example.com/arm64-type-error

go 1.24
