// A program whose assembly has a table among its words, which reads like a use of x18 and is none.
package main

import "os"

func main() {
	if pick(uint64(len(os.Args))) == 0 {
		os.Exit(1)
	}
}
