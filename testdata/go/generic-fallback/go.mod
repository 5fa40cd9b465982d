module example.com/generic-fallback

go 1.24
