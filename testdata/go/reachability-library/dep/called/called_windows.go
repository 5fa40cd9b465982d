// Package called sets the volume of a mixer.
package called

import (
	"math"
	"syscall"
)

var setVolume = syscall.NewLazyDLL("mixer.dll").NewProc("MixerSetVolume")

// SetVolume passes a float.
func SetVolume(level float32) { setVolume.Call(uintptr(math.Float32bits(level))) }
