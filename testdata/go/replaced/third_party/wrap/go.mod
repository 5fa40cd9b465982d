module example.com/wrap

go 1.24

require example.com/page v0.3.0
