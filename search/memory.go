package search

import (
	"unsafe"

	"timbre/offheap"
)

// newMemory returns memory for n numbers. It lasts until it is freed.
func newMemory[T int8 | int16](n int) []T {
	m := offheap.New(n * int(unsafe.Sizeof(T(0))))
	return unsafe.Slice((*T)(unsafe.Pointer(&m[0])), n) //nolint:gosec // n numbers are as long as the memory
}

// free gives memory back that newMemory has returned.
func free[T int8 | int16](s []T) {
	offheap.Free(unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))) //nolint:gosec // the bytes of the numbers
}
