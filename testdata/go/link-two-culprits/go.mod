module example.com/link-two-culprits

go 1.24
