module example.com/package-excluded-not-applicable

go 1.24
