module example.com/files-lost

go 1.24
