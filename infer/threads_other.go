//go:build !linux

package infer

// yieldToOthers does nothing where threads have no priority of their own.
func yieldToOthers() {}
