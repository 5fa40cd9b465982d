package gfx

import (
	"math"
	"syscall"
	"unsafe"
)

// ComProc is a method of a COM interface.
type ComProc uintptr

// Call calls it.
func (p ComProc) Call(a ...uintptr) (r1, r2 uintptr, err error) {
	switch len(a) {
	case 1:
		return syscall.Syscall(uintptr(p), 1, a[0], 0, 0)
	case 2:
		return syscall.Syscall(uintptr(p), 2, a[0], a[1], 0)
	default:
		return syscall.SyscallN(uintptr(p), a...)
	}
}

type rect struct{ left, top, right, bottom int32 }

type point struct{ x, y float32 }

type controllerVtbl struct {
	PutBounds     ComProc
	PutZoomFactor ComProc
	SetCenter     uintptr
	DrawLine      uintptr
}

// ICoreWebView2Controller is an interface of WebView2 with two methods of Direct2D, for brevity.
type ICoreWebView2Controller struct{ vtbl *controllerVtbl }

// PutZoomFactor passes a double.
func (c *ICoreWebView2Controller) PutZoomFactor(zoom float64) {
	c.vtbl.PutZoomFactor.Call(
		uintptr(unsafe.Pointer(c)),
		uintptr(math.Float64bits(zoom)),
	)
}

// PutBounds passes the address of a RECT that the method takes by value.
func (c *ICoreWebView2Controller) PutBounds(bounds rect) {
	c.vtbl.PutBounds.Call(
		uintptr(unsafe.Pointer(c)),
		uintptr(unsafe.Pointer(&bounds)),
	)
}

// SetCenter passes two floats in one integer.
func (c *ICoreWebView2Controller) SetCenter(center point) {
	call(c.vtbl.SetCenter, uintptr(unsafe.Pointer(c)), *(*uintptr)(unsafe.Pointer(&center)))
}

// DrawLine goes through two helpers in another file.
func (c *ICoreWebView2Controller) DrawLine(width float32) {
	call(c.vtbl.DrawLine, uintptr(unsafe.Pointer(c)), float(width))
}
