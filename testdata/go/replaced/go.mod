module example.com/replaced

go 1.24

require example.com/wrap v1.4.0

require example.com/page v0.3.0 // indirect

replace example.com/wrap v1.4.0 => ./third_party/wrap

replace example.com/page => ./third_party/page-fork
