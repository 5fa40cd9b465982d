// Command resources-named-arm64 has resources.
package main

func main() {}
