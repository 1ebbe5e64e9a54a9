// Package offheap provides memory that the garbage collector neither scans nor counts as live, so that it lets no garbage lie beside it,
// and that is in no core file. Keys and voices lie in it.
package offheap

import (
	"runtime/debug"
	"sync"

	"golang.org/x/sys/unix"
)

// limit guards the limit of Go's memory, which falls by what is taken here: both are of one process.
var limit sync.Mutex

// New returns memory of a size above 0, which is zero. It lasts until Free. Where the system gives none it is of the heap.
func New(size int) []byte {
	m, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|populated)
	if err != nil {
		return make([]byte, size)
	}
	leaveOutOfCoreFiles(m)
	lower(int64(size))
	return m
}

// Free gives memory back that New has returned.
func Free(m []byte) {
	if unix.Munmap(m) == nil { // an error: it is of the heap
		lower(-int64(len(m)))
	}
}

func lower(by int64) {
	limit.Lock()
	defer limit.Unlock()
	debug.SetMemoryLimit(debug.SetMemoryLimit(-1) - by)
}
