module example.com/machine-code-bytes-not-applicable

go 1.24
