// Command other-formats links objects that Go's linker takes although they are not meant for it.
package main

import (
	_ "example.com/other-formats/data"
	_ "example.com/other-formats/elf"
)

func main() {}
