module example.com/embedded-image-dll

go 1.24
