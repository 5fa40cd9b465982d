module example.com/float-syscall-not-applicable

go 1.24
