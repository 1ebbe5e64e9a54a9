package memory

import (
	"log/slog"
	"testing"
	"testing/fstest"
)

func TestLeastLimitOfTheGroupsHolds(t *testing.T) {
	const mib = 1 << 20
	for name, c := range map[string]struct {
		files map[string]string
		want  int64 // 0: none
	}{
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/timbre.service\n", "sys/fs/cgroup/system.slice/timbre.service/memory.max": "536870912\n",
		}, 512 * mib},
		"version 2, a limit above": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/timbre.service\n", "sys/fs/cgroup/system.slice/timbre.service/memory.max": "max\n",
			"sys/fs/cgroup/system.slice/memory.max": "1073741824\n",
		}, 1024 * mib},
		"version 2, a smaller limit above": {map[string]string{
			"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1073741824\n", "sys/fs/cgroup/a/memory.max": "536870912\n",
		}, 512 * mib},
		"version 2, own namespace": {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"}, 512 * mib},
		"version 2, another namespace": {map[string]string{
			"proc/self/cgroup": "0::/../other\n", "sys/fs/cgroup/memory.max": "536870912\n",
		}, 512 * mib},
		"version 2, no limit": {map[string]string{"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 0},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:devices:/\n4:memory:/docker/f9ac\n1:cpu:/\n0::/\n", "sys/fs/cgroup/memory/docker/f9ac/memory.limit_in_bytes": "536870912\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 512 * mib},
		"version 1, path of the host": {map[string]string{
			"proc/self/cgroup": "4:memory:/docker/f9ac\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
		}, 512 * mib},
		"version 1, no limit": {map[string]string{"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 0},
		"nonsense":            {map[string]string{"proc/self/cgroup": "0::\n:\n0::/a\n", "sys/fs/cgroup/a/memory.max": "-5\n", "sys/fs/cgroup/memory.max": "much"}, 0},
		"no control groups":   {nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			root := fstest.MapFS{}
			for file, text := range c.files {
				root[file] = &fstest.MapFile{Data: []byte(text)}
			}
			if got, limited := GroupLimit(root); limited != (c.want > 0) || limited && got != c.want {
				t.Errorf("got %d, %t, want %d", got, limited, c.want)
			}
		})
	}
}

func TestGoLeavesRoomForTheInference(t *testing.T) {
	const mib = 1 << 20
	for group, want := range map[int64]int64{256: 128, 512: 256, 1024: 691, 4096: 3456} {
		if got := GoLimit(group*mib) / mib; got != want {
			t.Errorf("of %d MiB: got %d MiB, want %d", group, got, want)
		}
	}
}

func TestGOMEMLIMITHasPrecedence(t *testing.T) {
	root := fstest.MapFS{
		"proc/self/cgroup":         {Data: []byte("0::/\n")},
		"sys/fs/cgroup/memory.max": {Data: []byte("1073741824\n")},
	}
	for given, want := range map[string]int64{"": GoLimit(1 << 30), "500MiB": 0, "off": 0} {
		var set int64
		Bound(slog.New(slog.DiscardHandler), func(string) string { return given }, root, func(n int64) int64 { set = n; return 0 })
		if set != want {
			t.Errorf("GOMEMLIMIT=%s: got %d, want %d", given, set, want)
		}
	}
}
