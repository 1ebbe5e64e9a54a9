package node

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"timbre"
	"timbre/config"
)

// fresh is how long after a change of its file a key may be read from a version that looks the same: file systems count time in ticks.
const fresh = 2 * time.Second

// keys are the access keys of the settings and of their file, which is read again once it changes: a key that is taken out of the
// file is refused from the next request on, and live calls do not notice.
type keys struct {
	credentials *config.Credentials
	log         *slog.Logger
	now         func() time.Time

	mu       sync.Mutex
	settings config.Settings
	version  string               // of the file at the last look; empty: it may have changed since
	fault    string               // why the file could not be read then
	last     map[string]time.Time // when keys were used last, since the start
}

func (n *Node) openCredentials(context.Context) (err error) {
	if n.Credentials, err = n.settings.OpenCredentials(); err != nil {
		return err
	}
	n.keys = &keys{credentials: n.Credentials, log: n.env.Log, now: n.env.Now, settings: n.settings, last: map[string]time.Time{}}
	return nil
}

// prepareKeys reads the keys of other settings, and returns a function that puts them in the place of those before.
func (n *Node) prepareKeys(s *config.Settings) (use func(), err error) {
	next := *s
	read, err := next.ReadCredentials()
	return func() {
		n.keys.mu.Lock()
		defer n.keys.mu.Unlock()
		n.keys.settings, n.keys.version = next, ""
		n.Credentials.Take(read)
	}, err
}

// Key returns an access key. A file that cannot be read, or is written only in part, leaves the keys before in use; one that is gone
// has no keys.
func (k *keys) Key(accessKeyID string) (timbre.Key, bool) {
	k.refresh()
	return k.credentials.Key(accessKeyID)
}

// Used implements timbre.Keys.
func (k *keys) Used(accessKeyID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.last[accessKeyID] = k.now()
}

// uses returns the keys, and when they were used last since the start.
func (k *keys) uses() ([]timbre.Key, map[string]time.Time) {
	k.refresh()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.credentials.All(), maps.Clone(k.last)
}

func (k *keys) refresh() {
	k.mu.Lock()
	defer k.mu.Unlock()
	version, _ := fileVersion(k.credentials.Path) // what is wrong with the file, reading it tells
	if version == k.version {
		return
	}
	if k.version = version; k.young() {
		k.version = ""
	}
	read, err := k.settings.ReadCredentials()
	if errors.Is(err, fs.ErrNotExist) {
		read = &config.Credentials{}
	}
	if read != nil && k.credentials.Take(read) {
		k.log.Info("access keys have changed", "keys", k.credentials.Len())
	}
	fault := ""
	if err != nil {
		fault = err.Error()
	}
	if fault != "" && fault != k.fault {
		k.log.Error("cannot read the access keys", "kept", k.credentials.Len(), "error", err)
	}
	k.fault = fault
}

// young says whether the file has changed so lately that another change may not show.
func (k *keys) young() bool {
	info, err := os.Stat(k.credentials.Path)
	return err == nil && k.now().Sub(info.ModTime()).Abs() < fresh
}
