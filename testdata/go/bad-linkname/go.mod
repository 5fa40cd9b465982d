module example.com/bad-linkname

go 1.24
