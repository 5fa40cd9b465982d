module example.com/files-lost-pass

go 1.24
