module example.com/nested-module

go 1.24
