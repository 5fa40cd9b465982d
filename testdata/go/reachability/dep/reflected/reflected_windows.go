// Package reflected sets the volume of a mixer.
package reflected

import (
	"math"
	"syscall"
)

var setVolume = syscall.NewLazyDLL("mixer.dll").NewProc("MixerSetVolume")

// Mixer has a method that nobody calls by its name.
type Mixer struct{}

// SetVolume passes a float.
func (*Mixer) SetVolume(level float32) { setVolume.Call(uintptr(math.Float32bits(level))) }
