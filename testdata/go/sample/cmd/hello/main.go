// Command hello greets its arguments and prints a checksum of the greeting.
package main

import (
	"fmt"
	"os"

	"example.com/greet"
	"example.com/sample/checksum"
	"example.com/sample/internal/text"
)

func main() {
	line := greet.Line(append([]string{"hello"}, os.Args[1:]...)...)
	fmt.Println(text.Title(line), checksum.Sum([]byte(line)))
}
