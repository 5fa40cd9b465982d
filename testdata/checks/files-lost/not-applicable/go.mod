module example.com/files-lost-not-applicable

go 1.24
