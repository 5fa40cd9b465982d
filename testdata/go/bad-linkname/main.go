// Command bad-linkname pulls a function out of the runtime that the linker does not hand out.
package main

import _ "unsafe"

//go:linkname findnull runtime.findnull
func findnull(s *byte) int

func main() {
	b := []byte("four\x00")
	println(findnull(&b[0]))
}
