module example.com/stale-waiver

go 1.24
