module example.com/float-syscall-pass

go 1.24
