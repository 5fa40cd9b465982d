package gfx

import (
	"syscall"
	"unsafe"
)

// IInspectableVtbl begins the table of every interface of the Windows Runtime.
type IInspectableVtbl struct {
	QueryInterface, AddRef, Release             uintptr
	GetIids, GetRuntimeClassName, GetTrustLevel uintptr
}

type serviceVtbl struct {
	IInspectableVtbl
	CreateAsync uintptr
}

// Service is an interface of the Windows Runtime.
type Service struct{ vtbl *serviceVtbl }

// VTable is its table.
func (s *Service) VTable() *serviceVtbl { return s.vtbl }

// CreateAsync passes the address of a GUID that the method takes by value.
func (s *Service) CreateAsync(id syscall.GUID) *Service {
	var out *Service
	syscall.SyscallN(
		s.VTable().CreateAsync,
		uintptr(unsafe.Pointer(s)),
		uintptr(unsafe.Pointer(&id)),
		uintptr(unsafe.Pointer(&out)),
	)
	return out
}
