module example.com/dll-name-pass

go 1.24
