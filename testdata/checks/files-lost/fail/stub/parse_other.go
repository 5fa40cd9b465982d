//go:build !amd64

package stub

import "errors"

// Parse fails.
func Parse(string) (int, error) { return 0, errors.New("Unsupported platform") }
