module example.com/files-lost-words

go 1.24
