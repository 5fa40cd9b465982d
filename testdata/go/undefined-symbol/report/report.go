// Package report is stopped by the same dependency.
package report

import "example.com/host"

// Head is the first line of a report.
func Head() string { return "host " + host.Name() }
