// Command plain has no profile.
package main

import (
	"fmt"

	"example.com/default-pgo/words"
)

func main() { fmt.Println(words.Count("b a b")) }
