module example.com/embedded-image-archives

go 1.24
