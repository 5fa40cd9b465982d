package main

import above "example.com/config-above"

func main() { println(above.Add(1, 2)) }
