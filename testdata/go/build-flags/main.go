// Command build-flags needs -tags=fixture_release to build and gets its version from -ldflags.
package main

import "example.com/build-flags/internal/version"

func main() { println(version.Number, channel) }
