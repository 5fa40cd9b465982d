// Package seal has a fast way for processors that are known to have AES.
package seal

import "golang.org/x/sys/cpu"

var fast = cpu.ARM64.HasAES && cpu.ARM64.HasPMULL

// Seal says which way it would take.
func Seal() string {
	if fast {
		return "fast"
	}
	return "slow"
}
