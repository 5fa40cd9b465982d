module example.com/stale-pass

go 1.24
