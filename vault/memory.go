package vault

import (
	"reflect"

	"golang.org/x/sys/unix"

	"timbre/offheap"
)

// newMemory returns memory for keys: outside the heap, no part of core files, and never swapped out where the process may lock memory
// (RLIMIT_MEMLOCK). It lasts as long as the process.
func newMemory(size int) []byte {
	m := offheap.New(size)
	_ = unix.Mlock(m)
	return m
}

// erase overwrites the round keys of a cipher, or of an AEAD that wraps another. It cannot be used any more.
func erase(cipher any) {
	v := reflect.ValueOf(cipher)
	if v.Kind() == reflect.Struct {
		v = v.Field(0)
	}
	v.Elem().SetZero()
}
