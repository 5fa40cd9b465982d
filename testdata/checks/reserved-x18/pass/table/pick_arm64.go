package main

// pick is in pick_arm64.s.
//
//go:noescape
func pick(n uint64) uint64
