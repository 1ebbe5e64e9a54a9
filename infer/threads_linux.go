package infer

import "golang.org/x/sys/unix"

// niceness of a thread that takes a ninth of the processor time of another one where both want it: see nice(7).
const niceness = 10

// yieldToOthers lowers the priority of the calling thread, which on Linux every thread has by itself.
func yieldToOthers() {
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), niceness) // a thread may always be nicer, unless it is so already
}
