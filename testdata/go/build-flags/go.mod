module example.com/build-flags

go 1.24
