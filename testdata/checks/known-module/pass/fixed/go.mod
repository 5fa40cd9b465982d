module example.com/fixed

go 1.24

require example.com/dep v1.3.0
