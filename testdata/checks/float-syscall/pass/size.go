// Package size calls Windows and has floats, and nothing of it goes wrong on arm64.
package size

import (
	"errors"
	"hash/fnv"
	"math"
	"runtime"
	"syscall"
	"unsafe"
)

var (
	user        = syscall.NewLazyDLL("user32.dll")
	setPos      = user.NewProc("SetWindowPos")
	postMessage = user.NewProc("PostMessageW")
	getScale    = user.NewProc("ScaleOfMonitor")
	setScale    = user.NewProc("SetScaleOfMonitor")
)

var errNoFloat = errors.New("no float can be passed on arm64")

// Place passes whole numbers that were floats: right on every architecture.
func Place(window uintptr, x, y, scale float64) {
	setPos.Call(window, 0, uintptr(int32(x*scale)), uintptr(int(math.Round(y))), uintptr(scale), 0, 0)
}

// Scale passes a pointer to a float.
func Scale(monitor uintptr) (scale float64) {
	getScale.Call(monitor, uintptr(unsafe.Pointer(&scale)))
	return scale
}

// Tell puts the bits of a float into a message; who gets it makes a float of them again.
func Tell(window uintptr, value float64) {
	postMessage.Call(window, 0x400, uintptr(math.Float64bits(value)), 0)
}

// Hash takes the bits of a float for itself.
func Hash(value float64) uint64 {
	bits := math.Float64bits(value)
	sum := fnv.New64a()
	sum.Write((*[8]byte)(unsafe.Pointer(&bits))[:])
	return sum.Sum64()
}

// SetScale passes a float, and not on arm64.
func SetScale(monitor uintptr, scale float64) error {
	if runtime.GOARCH == "arm64" {
		return errNoFloat
	}
	setScale.Call(monitor, uintptr(math.Float64bits(scale)))
	return nil
}

// Zoom is left to a file for each architecture.
func Zoom(monitor uintptr, zoom float64) error { return putZoom(monitor, zoom) }
