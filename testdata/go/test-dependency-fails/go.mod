module example.com/test-dependency-fails

go 1.24

require example.com/helper v1.2.3

replace example.com/helper v1.2.3 => ./helper
