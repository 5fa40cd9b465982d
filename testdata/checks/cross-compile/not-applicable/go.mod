module example.com/cross-compile-not-applicable

go 1.24
