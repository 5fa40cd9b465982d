// Command resources-unsuffixed has resources.
package main

func main() {}
