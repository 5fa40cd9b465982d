module example.com/directory

go 1.24

require example.com/dep v1.2.0

replace example.com/dep => ./dep
