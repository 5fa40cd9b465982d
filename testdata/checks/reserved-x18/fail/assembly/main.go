// A program whose assembly for arm64 was made by a C compiler for Linux: machine words that use x18.
package main

import "os"

func main() {
	if sum(uint64(len(os.Args))) == 0 {
		os.Exit(1)
	}
}
