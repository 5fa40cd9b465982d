module example.com/mapping

go 1.24

require example.com/bindings v0.0.0
