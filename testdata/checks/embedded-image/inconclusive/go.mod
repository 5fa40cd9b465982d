module example.com/embedded-image-inconclusive

go 1.24
