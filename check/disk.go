package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	inMemory = "memory"

	least   = 64 << 20 // bytes without which nothing is worth starting
	ample   = 1 << 30  // bytes beside what events may have
	inodes  = 1000     // files that are made in weeks
	slow    = 10 * time.Millisecond
	writes  = 20 // that are timed
	probing = "timbre-check-"
)

// checkDisk looks at the file systems of the data and of the logs, and times what every accepted task waits for.
func checkDisk(_ context.Context, m machine, f *findings) {
	data, logs := existing(m.Settings.Data), existing(m.Settings.LogFolder())
	m.checkVolume(f, "data", data, m.Settings.Notify.Disk+ample)
	if filepath.Dir(logs) != data && logs != data {
		m.checkVolume(f, "logs", logs, ample)
	}
	typical, err := m.timeWrites(data)
	switch {
	case err != nil:
		f.fail("data: nothing can be written: "+reason(err), "give the folder to the user of the service")
	case typical > slow:
		f.warn(fmt.Sprintf("data: a write takes %v to reach the disk, for which every task and result waits", typical.Round(time.Millisecond)), "use a local SSD with a write cache that survives a loss of power")
	default:
		f.ok("data: a write takes %v to reach the disk", typical.Round(10*time.Microsecond))
	}
}

// checkVolume looks at the file system of a path, which should have so many bytes free.
func (m machine) checkVolume(f *findings, key, path string, wanted int64) {
	v, err := m.volume(path)
	switch free := fmt.Sprintf("%s: %s has %.1f GB free", key, path, float64(v.free)/1e9); {
	case err != nil:
		f.fail(key+": "+path+": "+err.Error(), "mount it")
		return
	case v.free < least:
		f.fail(free, "make room")
	case v.free < wanted:
		f.warn(free+fmt.Sprintf(", and may need %.1f GB", float64(wanted)/1e9), "make room, or lower notify.disk and records")
	case v.inodes >= 0 && v.inodes < inodes:
		f.warn(fmt.Sprintf("%s: the file system of %s has %d inodes left", key, path, v.inodes), "remove small files, or make another file system")
	default:
		f.ok("%s", free)
	}
	switch {
	case key != "data", v.kind == "":
	case v.kind == inMemory:
		f.warn("data: "+path+" is in memory, so that every voice is lost with the machine", "choose a folder on a disk")
	default:
		f.warn("data: "+path+" is on "+v.kind+", where the locks of a database do not hold", "choose a folder on a disk of this machine")
	}
}

// timeWrites is how long one of some writes takes to reach the disk: the median.
func (m machine) timeWrites(folder string) (time.Duration, error) {
	probe, err := os.CreateTemp(folder, probing)
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(probe.Name()) }()
	if err := probe.Close(); err != nil {
		return 0, err
	}
	var took []time.Duration
	for range writes {
		start := m.env.Steady()
		if err := m.sync(probe.Name()); err != nil {
			return 0, err
		}
		took = append(took, m.env.Steady().Sub(start))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
