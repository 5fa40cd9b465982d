// Command wrong-machine has a resource object for amd64 under the name of one for arm64.
package main

func main() {}
