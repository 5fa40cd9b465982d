// Package fine builds everywhere.
package fine

// Size is the same everywhere.
const Size = 4
