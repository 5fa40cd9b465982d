// Package gfx passes floats and small structs to functions of Windows, as code for amd64 does.
package gfx

import (
	"math"
	"syscall"
	"unsafe"
)

var (
	opengl       = syscall.NewLazyDLL("opengl32.dll")
	clearColor   = opengl.NewProc("glClearColor")
	clearDepth   = opengl.NewProc("glClearDepth")
	lineWidth    = opengl.NewProc("glLineWidth")
	oleaut       = syscall.NewLazyDLL("oleaut32.dll")
	variantTime  = oleaut.NewProc("VariantTimeToSystemTime")
	user         = syscall.NewLazyDLL("user32.dll")
	monitorScale = user.NewProc("ScaleOfMonitor")
)

// Degrees is a float by another name.
type Degrees float64

// ClearColor passes four floats.
func ClearColor(r, g, b, a float32) {
	syscall.SyscallN(clearColor.Addr(),
		uintptr(math.Float32bits(r)), uintptr(math.Float32bits(g)),
		uintptr(math.Float32bits(b)), uintptr(math.Float32bits(a)))
}

// ClearDepth passes a float that stood in a variable.
func ClearDepth(depth float64) {
	bits := math.Float64bits(depth)
	clearDepth.Call(uintptr(bits))
}

// Turn passes what stands in memory.
func Turn(by Degrees) {
	lineWidth.Call(*(*uintptr)(unsafe.Pointer(&by)))
}

// Date passes an integer where a DATE, a double, is wanted.
func Date(value uint64) syscall.Systemtime {
	var st syscall.Systemtime
	variantTime.Call(uintptr(value), uintptr(unsafe.Pointer(&st)))
	return st
}

// Scale takes a float result.
func Scale(monitor uintptr) float64 {
	_, r2, _ := monitorScale.Call(monitor)
	return math.Float64frombits(uint64(r2))
}
