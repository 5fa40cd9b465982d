//go:build unix

// Package group has no file for Windows.
package group

import "syscall"

// ID is the process group of this process.
func ID() int { return syscall.Getpgrp() }
