module example.com/waiver-expired

go 1.24
