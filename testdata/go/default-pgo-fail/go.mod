module example.com/default-pgo-fail

go 1.24
