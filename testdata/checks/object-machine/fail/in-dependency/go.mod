module example.com/in-dependency

go 1.24

require example.com/in-dependency/dep v1.2.3

replace example.com/in-dependency/dep v1.2.3 => ./dep
