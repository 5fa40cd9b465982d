module example.com/embedded-image-stripped

go 1.24
