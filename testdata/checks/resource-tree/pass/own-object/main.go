// Command own-object has a resource object for each architecture.
package main

func main() {}
