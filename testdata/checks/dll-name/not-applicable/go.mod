module example.com/dll-name-not-applicable

go 1.24
