//go:build unix

// Package wait is for Unix only.
package wait

import "syscall"

// Parent is the process group of this process.
func Parent() int { return syscall.Getpgrp() }
