// Command excluded-graph-only builds: what arm64 lacks is used by files for amd64 only.
package main

import "example.com/dep"

func main() { println(dep.Double(21)) }
