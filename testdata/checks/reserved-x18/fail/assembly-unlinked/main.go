// Nothing calls what is in sum_arm64.s, so no exe has it.
package main

func main() {}

func twice(n uint64) uint64 { return 2 * n }
