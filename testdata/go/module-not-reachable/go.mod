module example.com/module-not-reachable

go 1.24

require example.com/absent v1.0.0
