package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecret bounds the file of a client secret, in bytes.
const maxSecret = 4 << 10

// ClientSecret reads the secret of the client at the issuer. Others must not be able to read its file; a group may, as that of a container
// has to.
func (s Settings) ClientSecret() (string, error) {
	secret, err := readSecret(s.Admin.OIDC.Secret)
	if err != nil {
		return "", s.located(fmt.Errorf("admin.oidc.client_secret_file: %w", err))
	}
	return secret, nil
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("%s is accessible to others (mode %04o): change its mode to 0600", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	switch {
	case secret == "":
		return "", errors.New(path + " is empty")
	case len(text) > maxSecret:
		return "", errors.New(path + " is larger than 4 KiB")
	}
	return secret, nil
}
