// Package ui embeds a directory that a build step outside Go makes.
package ui

import "embed"

// Dist is the built front end.
//
//go:embed dist
var Dist embed.FS
