module example.com/embedded-image-unlinked

go 1.24
