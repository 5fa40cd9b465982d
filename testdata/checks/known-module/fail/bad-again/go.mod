module example.com/bad-again

go 1.24

require example.com/dep v1.12.0
