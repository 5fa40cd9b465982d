// A resource tree with one manifest, laid out as akavel/rsrc writes it: directories, data entry and data in
// one section, and one relocation for the address of the data.
//
// Broken on purpose by a symbol: LOOP (the last directory is the first), OUTSIDE (the data is nowhere),
// OVERLAP (the data is the tree itself, as after a relocation that was not applied), ZERO (no text).
        .section .rsrc, "dr"
root:
        .long   0, 0, 0                 // characteristics, time, version
        .short  0, 1                    // entries with names, entries with numbers
        .long   24                      // RT_MANIFEST
        .long   0x80000000 + names - root
names:
        .long   0, 0, 0
        .short  0, 1
        .long   1                       // CREATEPROCESS_MANIFEST_RESOURCE_ID
        .long   0x80000000 + languages - root
languages:
        .long   0, 0, 0
        .short  0, 1
        .long   1033                    // English, United States
.ifdef LOOP
        .long   0x80000000
.else
        .long   entry - root
.endif
entry:
.ifdef OUTSIDE
        .long   0x7fff0000
.else
.ifdef OVERLAP
        .rva    root
.else
        .rva    root + 88               // manifest; the distance stands in the field, as rsrc writes it
.endif
.endif
        .long   end - manifest
        .long   0, 0                    // code page, reserved
manifest:
.ifdef ZERO
        .zero   64
.else
        .incbin "manifest.xml"
.endif
end:
