module example.com/test-only-break

go 1.24
