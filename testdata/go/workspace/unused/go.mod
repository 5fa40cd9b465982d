module example.com/workspace/unused

go 1.24
