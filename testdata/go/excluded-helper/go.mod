module example.com/excluded-helper

go 1.24
