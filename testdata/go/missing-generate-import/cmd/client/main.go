// Command client imports a package that go generate makes.
package main

//go:generate go run ../../_gen -o ../../internal/api

import "example.com/missing-generate-import/internal/api"

func main() { println(api.Version) }
