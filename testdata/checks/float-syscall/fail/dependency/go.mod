module example.com/float-syscall-dependency

go 1.24

require example.com/audio v1.2.0

replace example.com/audio => ./third_party/dep
