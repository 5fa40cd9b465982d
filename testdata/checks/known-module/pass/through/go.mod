module example.com/through

go 1.24

require example.com/dep v1.2.0
