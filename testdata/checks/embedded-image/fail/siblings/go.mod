module example.com/embedded-image-siblings

go 1.24
