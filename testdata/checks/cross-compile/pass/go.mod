module example.com/cross-compile-pass

go 1.24
