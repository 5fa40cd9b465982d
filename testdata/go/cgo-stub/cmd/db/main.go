// Command db builds without cgo and fails when it runs.
package main

import (
	"fmt"

	"example.com/dep"
)

func main() {
	_, err := dep.Open("file.db")
	fmt.Println(err)
}
