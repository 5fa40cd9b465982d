package main

// sum is in sum_arm64.s.
//
//go:noescape
func sum(n uint64) uint64
