module example.com/package-excluded-pass

go 1.24
