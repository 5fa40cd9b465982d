//go:build !amd64

// Package your_arch_is_not_supported is here so that the build stops with these words.
package your_arch_is_not_supported
