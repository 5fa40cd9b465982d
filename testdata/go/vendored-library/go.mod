module example.com/vendored-library

go 1.24

require example.com/dep v1.2.3
