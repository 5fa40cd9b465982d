module example.com/same-base-name

go 1.24
