//go:build fixture_release

package main

const channel = "release"
