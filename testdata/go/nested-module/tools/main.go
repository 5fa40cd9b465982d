// Command tools is in a module of its own that ./... skips; if it were checked it would be a finding.
package main

func main() { println(size) }
