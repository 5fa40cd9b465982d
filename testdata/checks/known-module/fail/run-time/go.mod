module example.com/run-time

go 1.24

require example.com/dep v1.2.0
