module example.com/float-syscall-fail

go 1.24
