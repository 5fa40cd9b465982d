module example.com/sample

go 1.24

require example.com/greet v1.2.3

replace example.com/greet => ./third_party/greet
