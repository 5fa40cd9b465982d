module example.com/machine-code-bytes-fail

go 1.24
