module example.com/broken-everywhere-command

go 1.24
