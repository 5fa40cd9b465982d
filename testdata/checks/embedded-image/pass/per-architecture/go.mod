module example.com/embedded-image-pass

go 1.24
