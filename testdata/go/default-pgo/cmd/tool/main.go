// Command tool has a default.pgo beside it.
package main

import (
	"fmt"

	"example.com/default-pgo/words"
)

func main() { fmt.Println(words.Count("a b a")) }
