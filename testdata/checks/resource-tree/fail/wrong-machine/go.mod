module example.com/wrong-machine

go 1.24
