package offheap

import "golang.org/x/sys/unix"

const populated = unix.MAP_POPULATE

func leaveOutOfCoreFiles(m []byte) { _ = unix.Madvise(m, unix.MADV_DONTDUMP) }
