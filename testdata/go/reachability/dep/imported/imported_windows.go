// Package imported sets the volume of a mixer.
package imported

import (
	"math"
	"syscall"
)

var setVolume = syscall.NewLazyDLL("mixer.dll").NewProc("MixerSetVolume")

// Loudest is all that the command takes.
const Loudest = 11

// SetVolume passes a float, and nobody calls it.
func SetVolume(level float32) { setVolume.Call(uintptr(math.Float32bits(level))) }
