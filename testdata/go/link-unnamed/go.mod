module example.com/link-unnamed

go 1.24
