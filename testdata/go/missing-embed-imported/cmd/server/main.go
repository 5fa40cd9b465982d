// Command server serves the front end.
package main

import "example.com/missing-embed-imported/ui"

func main() {
	entries, err := ui.Dist.ReadDir("dist")
	println(len(entries), err == nil)
}
