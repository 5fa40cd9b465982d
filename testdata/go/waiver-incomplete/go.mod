module example.com/waiver-incomplete

go 1.24
