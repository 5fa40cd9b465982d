// Package poll has a file for Linux only.
package poll

import "syscall"

// New makes an epoll instance.
func New() (int, error) { return syscall.EpollCreate1(0) }
