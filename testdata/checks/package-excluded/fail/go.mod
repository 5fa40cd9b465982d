module example.com/package-excluded-fail

go 1.24
