package bindings

// enum { LEVEL = 3 };
import "C"

const Level = C.LEVEL
