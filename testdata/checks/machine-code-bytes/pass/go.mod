module example.com/machine-code-bytes-pass

go 1.24
