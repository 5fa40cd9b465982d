module example.com/known-new

go 1.24
