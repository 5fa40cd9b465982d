// Command resources has resources for each architecture, in objects of their own.
package main

func main() {}
