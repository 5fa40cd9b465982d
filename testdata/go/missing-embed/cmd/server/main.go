// Command server embeds a directory that a build step outside Go makes.
package main

import "embed"

//go:embed dist
var dist embed.FS

func main() {
	entries, err := dist.ReadDir("dist")
	println(len(entries), err == nil)
}
