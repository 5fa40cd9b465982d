module example.com/config-above

go 1.24
