module example.com/test-imports-excluded

go 1.24
