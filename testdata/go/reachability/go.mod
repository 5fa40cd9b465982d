module example.com/reachability

go 1.24

require example.com/dep v1.2.3

replace example.com/dep => ./dep
