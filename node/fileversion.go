package node

import (
	"errors"
	"fmt"
	"os"
)

// fileVersion is a text that differs once a file has changed: modification time and size of all.
func fileVersion(names ...string) (version string, err error) {
	for _, name := range names {
		info, missing := os.Stat(name)
		if missing != nil {
			err = errors.Join(err, missing)
			version += "missing "
			continue
		}
		version += fmt.Sprintf("%d %d %o ", info.ModTime().UnixNano(), info.Size(), info.Mode())
	}
	return version, err
}
