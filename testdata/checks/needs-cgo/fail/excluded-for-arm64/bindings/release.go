package bindings

// Debug says whether it is a debug build.
const Debug = false
