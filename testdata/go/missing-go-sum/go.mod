module example.com/missing-go-sum

go 1.24

require example.com/absent v1.0.0
