module example.com/library-only

go 1.24
