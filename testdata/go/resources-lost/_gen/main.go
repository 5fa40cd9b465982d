// Gen writes a COFF object with one resource, an application manifest of our own:
//
//	go run ./_gen amd64 rsrc_windows_amd64.syso
//
// It is written by hand so that every byte of it is known.
package main

import (
	"bytes"
	"encoding/binary"
	"log"
	"os"
)

const manifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
</assembly>
`

// machines has the COFF machine and its 32-bit relocation without image base.
var machines = map[string]struct{ machine, addr32nb uint16 }{
	"amd64": {0x8664, 3},
	"arm64": {0xaa64, 2},
}

func main() {
	m, ok := machines[os.Args[1]]
	if !ok {
		log.Fatalf("no machine %q", os.Args[1])
	}
	if err := os.WriteFile(os.Args[2], object(m.machine, m.addr32nb), 0o644); err != nil {
		log.Fatal(err)
	}
}

func object(machine, addr32nb uint16) []byte {
	const (
		subdirectory = 1 << 31
		entryAt      = 3 * (16 + 8) // three directories with one entry each
		dataAt       = entryAt + 16
	)
	var s bytes.Buffer
	put := func(v ...any) {
		for _, x := range v {
			_ = binary.Write(&s, binary.LittleEndian, x) // a bytes.Buffer takes everything
		}
	}
	directory := func(id, to uint32) { put(uint32(0), uint32(0), uint16(0), uint16(0), uint16(0), uint16(1), id, to) }
	directory(24, subdirectory|24)    // type: RT_MANIFEST
	directory(1, subdirectory|2*24)   // name: of the exe itself
	directory(0x409, uint32(entryAt)) // language: English
	put(uint32(dataAt), uint32(len(manifest)), uint32(0), uint32(0))
	s.WriteString(manifest)
	for s.Len()%4 != 0 {
		s.WriteByte(0)
	}
	section := bytes.Clone(s.Bytes())

	s.Reset()
	const headers = 20 + 40
	relocAt := uint32(headers + len(section))
	symbolsAt := relocAt + 10
	put(machine, uint16(1), uint32(0), symbolsAt, uint32(1), uint16(0), uint16(0))
	put([8]byte{'.', 'r', 's', 'r', 'c'}, uint32(0), uint32(0), uint32(len(section)), uint32(headers), relocAt, uint32(0), uint16(1), uint16(0), uint32(0x40000040))
	s.Write(section)
	put(uint32(entryAt), uint32(0), addr32nb)
	put([8]byte{'.', 'r', 's', 'r', 'c'}, uint32(0), int16(1), uint16(0), uint8(3), uint8(0))
	put(uint32(4)) // an empty string table
	return s.Bytes()
}
