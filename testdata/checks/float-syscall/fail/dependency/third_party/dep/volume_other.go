//go:build !windows

package audio

// SetVolume does nothing here.
func SetVolume(float32) {}

// Mute does nothing here.
func Mute() {}
