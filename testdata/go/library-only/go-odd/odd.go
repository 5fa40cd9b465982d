// Package different is not called what its directory is called.
package different

// Do does nothing.
func Do() {}
