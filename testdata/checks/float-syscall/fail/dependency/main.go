// The command uses a function of the dependency that passes no float.
package main

import "example.com/audio"

func main() { audio.Mute() }
