// Package elf has an object that was made for Linux.
package elf
