module example.com/dll-name-fail

go 1.24
