package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"timbre/config"
	"timbre/node"
)

// checkFiles looks at what a server reads and writes: whose it is, who else may read it, and what is in it.
func checkFiles(ctx context.Context, m machine, f *findings) {
	s := m.Settings
	m.checkConfiguration(f)
	m.checkWritable(f, "logs", s.LogFolder())
	for name, path := range s.Notify.Files { // whose folders no start makes
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			f.fail(fmt.Sprintf("notify.files %s: %s", name, reason(err)), "make that folder, and give it to the user of the service")
			continue
		}
		m.checkWritable(f, "notify.files "+name, filepath.Dir(path))
	}
	info, err := os.Stat(s.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.checkWritable(f, "data", s.Data)
		return
	case err != nil:
		f.fail(reason(err), "see data")
		return
	case !info.IsDir():
		f.fail(s.Data+" is not a folder", "see data")
		return
	case !m.owns(info):
		f.fail(s.Data+" belongs to another user than the one who runs this check", "check as the user of the service: sudo -u timbre timbre check --config FILE")
		return
	case info.Mode().Perm()&0o077 != 0:
		f.warn(fmt.Sprintf("others may look into %s (mode %04o)", s.Data, info.Mode().Perm()), "chmod 700 "+s.Data)
	}
	m.checkContents(ctx, f)
}

// checkContents looks at the database, its key and the access keys. A server would refuse what is a failure here.
func (m machine) checkContents(ctx context.Context, f *findings) {
	for _, path := range []string{m.Settings.Database(), node.KeyFile(m.Settings), filepath.Join(m.Settings.Data, "credentials")} {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			f.fail(reason(err), "check as the user of the service")
			return
		case !m.owns(info):
			f.fail(path+" belongs to another user", "chown it to the user of the service")
			return
		case info.Mode().Perm()&0o077 != 0 && path != m.Settings.Database(): // which a start closes to others
			f.fail(fmt.Sprintf("others may read %s (mode %04o)", path, info.Mode().Perm()), "chmod go= "+path)
			return
		}
	}
	if _, err := m.Settings.ReadCredentials(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.fail(err.Error(), "repair that file")
	}
	m.checkDatabase(ctx, f)
}

// owns reports whether a file is of the user who runs the check, or the user is root.
func (m machine) owns(info fs.FileInfo) bool {
	s, known := info.Sys().(*syscall.Stat_t)
	return !known || m.user == 0 || int(s.Uid) == m.user
}

// checkConfiguration warns of a file of settings that has secrets and is open to others.
func (m machine) checkConfiguration(f *findings) {
	path := m.Settings.File
	info, err := os.Stat(path)
	if path == "" || err != nil || info.Mode().Perm()&0o007 == 0 { // its group may be that of the service
		return
	}
	for _, s := range m.Settings.Effective() {
		if s.Origin.Source == config.FromFile && s.Secret {
			f.warn(fmt.Sprintf("others may read %s (mode %04o), which has %s", path, info.Mode().Perm(), s.Key), "chmod o= "+path)
			return
		}
	}
}

// checkWritable says whether files can be made in a folder, or the folder itself where it is to be made.
func (m machine) checkWritable(f *findings, setting, folder string) {
	at := existing(folder)
	switch err := unix.Access(at, unix.W_OK|unix.X_OK); {
	case err != nil:
		f.fail(fmt.Sprintf("%s: nothing can be written to %s (%v)", setting, at, err), "make that folder, and give it to the user of the service")
	case at != folder:
		f.ok("%s: the first start makes %s", setting, folder)
	default:
		f.ok("%s: %s can be written", setting, folder)
	}
}

// existing is a path, or what there is of it.
func existing(path string) string {
	path = filepath.Clean(path)
	for {
		_, err := os.Stat(path)
		if parent := filepath.Dir(path); errors.Is(err, fs.ErrNotExist) && parent != path {
			path = parent
			continue
		}
		return path
	}
}

// reason is an error with the path that it is about.
func reason(err error) string {
	if p := new(fs.PathError); errors.As(err, &p) {
		return fmt.Sprintf("%s: %v", p.Path, p.Err)
	}
	return err.Error()
}
