module example.com/files-lost-fail

go 1.24
