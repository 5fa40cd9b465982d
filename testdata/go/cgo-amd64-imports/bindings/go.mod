module example.com/bindings

go 1.24
