package main

import "example.com/mapping"

func main() { println(mapping.Level) }
