// Package unused has an object that nothing calls: the linker drops it.
package unused

// One is 1.
const One = 1
