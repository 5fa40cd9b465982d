// Command excluded-all exists for amd64 only.
package main

import "example.com/excluded-all/word"

func main() { println(word.Bits()) }
