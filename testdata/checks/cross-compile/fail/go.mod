module example.com/cross-compile-fail

go 1.24
