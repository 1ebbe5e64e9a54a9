package check

import (
	"context"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"timbre/door"
	"timbre/environment"
	"timbre/rtp"
)

// system is what the checks ask of the operating system. Tests have others.
type system struct {
	root    fs.FS                        // of all files, for those of the kernel
	clock   func() (clockState, error)   // how the clock is kept
	volume  func(string) (volume, error) // what the file system of a path is
	sync    func(path string) error      // writes a file to the disk
	room    func() (limit, streams int)  // descriptors, and the streams of calls that they allow; limit 0: it is not known
	user    int                          // who this process is
	cores   int                          // that it may use
	listen  listener                     // opens a port for a moment
	dial    dialer                       // connects to targets
	measure measure                      // analyses calls
}

// listener opens a port of a network, "udp" or "tcp", and closes it.
type listener func(ctx context.Context, network, at string) error

// measure analyses calls at a speed, as a multiple of real time.
type measure func(context.Context, machine, int) (sample, error)

// thisSystem is that of this process.
func thisSystem() system {
	return system{
		root: os.DirFS("/"), clock: kernelClock, volume: statVolume, sync: syncFile, room: room, user: os.Geteuid(), cores: runtime.GOMAXPROCS(0),
		listen: listen, dial: connect, measure: analyseCalls,
	}
}

// clockState is how the kernel keeps the clock.
type clockState struct {
	synchronised bool
	error        time.Duration // at most, by the kernel's own estimate
}

// volume is a file system.
type volume struct {
	free   int64  // bytes, for this user
	inodes int64  // that are free; negative: there is no bound
	kind   string // a network file system or one in memory; empty: neither
}

// room is what the descriptors of this process allow.
func room() (limit, streams int) {
	d := door.NewDescriptors(environment.Environment{})
	return d.Limit(), d.Streams(rtp.PerStream)
}

// syncFile writes a page to a file and waits until it is on the disk.
func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Write(make([]byte, 4096)); err != nil {
		return err
	}
	return file.Sync()
}

// kernel reads the numbers of a file below /proc; nil: there is no such file, or it has none.
func (s system) kernel(name string) (numbers []int) {
	text, err := fs.ReadFile(s.root, "proc/"+name)
	if err != nil {
		return nil
	}
	for field := range strings.FieldsSeq(string(text)) {
		n, err := strconv.Atoi(field)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}
