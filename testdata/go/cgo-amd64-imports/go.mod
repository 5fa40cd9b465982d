module example.com/cgo-amd64-imports

go 1.24

require (
	example.com/bindings v0.0.0
	example.com/mapping v0.0.0
)

replace (
	example.com/bindings => ./bindings
	example.com/mapping => ./mapping
)
