package old

// Size is the same everywhere.
const Size = 4
