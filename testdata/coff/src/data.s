/* Data alone: no code section has a byte. */
        .data
        .globl  gowoa_word
gowoa_word:
        .long   1
