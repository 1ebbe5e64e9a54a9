package check

import (
	"time"

	"golang.org/x/sys/unix"
)

// kernelClock asks the kernel whether a service keeps its clock (adjtimex(2)). It changes nothing.
func kernelClock() (clockState, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return clockState{
		synchronised: state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0,
		error:        time.Duration(t.Maxerror) * time.Microsecond,
	}, err
}

// kinds are the file systems on which a database does not belong (statfs(2)).
var kinds = map[int64]string{
	unix.NFS_SUPER_MAGIC: "NFS", unix.SMB_SUPER_MAGIC: "SMB", unix.SMB2_SUPER_MAGIC: "SMB", unix.CIFS_SUPER_MAGIC: "SMB",
	unix.CEPH_SUPER_MAGIC: "Ceph", unix.V9FS_MAGIC: "9P", unix.TMPFS_MAGIC: inMemory,
}

// statVolume looks at the file system of a path.
func statVolume(path string) (volume, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return volume{}, err
	}
	v := volume{free: int64(s.Bavail) * s.Bsize, inodes: int64(s.Ffree), kind: kinds[s.Type]}
	if s.Files == 0 {
		v.inodes = -1
	}
	return v, nil
}
