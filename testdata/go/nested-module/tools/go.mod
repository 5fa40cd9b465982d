module example.com/nested-module/tools

go 1.24
