module example.com/files-lost-stub

go 1.24
