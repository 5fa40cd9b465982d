module example.com/syntax-error-header

go 1.24
