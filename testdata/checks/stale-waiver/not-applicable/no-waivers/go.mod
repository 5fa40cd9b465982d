module example.com/no-waivers

go 1.24
