// fast is not assembled before clock builds, so the assembler does not say yet what is wrong with it.
package main

import "example.com/asm-twin-no-suffix/fast"

func main() { fast.Add(1, 2) }
