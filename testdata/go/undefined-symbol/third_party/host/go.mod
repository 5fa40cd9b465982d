module example.com/host

go 1.24

require example.com/dep v1.2.3
