module example.com/slow-path-asks-windows

go 1.24

require golang.org/x/sys v0.30.0

replace golang.org/x/sys => ./sys
