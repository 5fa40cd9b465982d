// Command agent reaches the broken package through another dependency.
package main

import (
	"fmt"

	"example.com/host"
)

func main() { fmt.Println(host.Name()) }
