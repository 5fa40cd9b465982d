module example.com/excluded-test-leftover

go 1.24
