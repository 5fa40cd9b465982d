// Package stub parses on amd64.
package stub

import "errors"

// ErrEmpty is the error for no input.
var ErrEmpty = errors.New("nothing to parse")
