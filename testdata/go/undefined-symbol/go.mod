module example.com/undefined-symbol

go 1.24

require example.com/host v1.0.3

require example.com/dep v1.2.3 // indirect

replace example.com/host => ./third_party/host

replace example.com/dep => ./third_party/dep
