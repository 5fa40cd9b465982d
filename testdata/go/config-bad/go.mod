module example.com/config-bad

go 1.24
