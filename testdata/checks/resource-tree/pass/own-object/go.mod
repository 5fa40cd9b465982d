module example.com/own-object

go 1.24
