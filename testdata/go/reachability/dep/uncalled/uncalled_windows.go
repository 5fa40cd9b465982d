// Package uncalled sets the volume of a mixer.
package uncalled

import (
	"math"
	"syscall"
)

var setVolume = syscall.NewLazyDLL("mixer.dll").NewProc("MixerSetVolume")

// SetVolume passes a float, and nobody calls it.
func SetVolume(level float32) { setVolume.Call(uintptr(math.Float32bits(level))) }

// Mute passes none.
func Mute() { setVolume.Call(0) }
