package supply

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"

	"timbre/test/supply/modules"
)

// allowed are the licences of what the program is made of, and of what tests it: they let everybody use, change and pass on the whole
// under terms of their own. MPL-2.0 covers its own files alone.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"}

// inWords are licences of modules that have no text of one, as the README names them.
var inWords = map[string]string{
	"github.com/gotranspile/g722": "BSD-3-Clause", // "Distributed under the BSD license"; parts are in the public domain
}

// ofDocumentation are files with the licence of a module's documentation, of which nothing is used.
var ofDocumentation = map[string]string{"github.com/opencontainers/go-digest": "LICENSE.docs"}

// licencesOf are the licences whose texts lie in the folder of a module. A notice has none.
func licencesOf(t *testing.T, m modules.Module) (names []string) {
	t.Helper()
	files, err := modules.Legal(m.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f == ofDocumentation[m.Path] {
			continue
		}
		text, err := os.ReadFile(filepath.Join(m.Dir, f))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range licensecheck.Scan(text).Match {
			names = append(names, match.ID)
		}
	}
	if name := inWords[m.Path]; name != "" {
		names = append(names, name)
	}
	return names
}

func TestEveryModuleHasAnAllowedLicence(t *testing.T) {
	all, err := modules.List("-test", "timbre/...")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		names := licencesOf(t, all[path])
		if len(names) == 0 {
			t.Errorf("%s: got no licence, want one", path)
		}
		for _, name := range names {
			if !slices.Contains(allowed, name) {
				t.Errorf("%s: got licence %s, want one of %s", path, name, strings.Join(allowed, ", "))
			}
		}
	}
}

// The packages of npm test the server, and are not part of it.
func TestEveryPackageOfTheJavaScriptTestsHasAnAllowedLicence(t *testing.T) {
	text, err := os.ReadFile("../js/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ License string }
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	delete(lock.Packages, "") // ours
	if len(lock.Packages) == 0 {
		t.Error("got no packages, want some")
	}
	for path, p := range lock.Packages {
		if !slices.Contains(allowed, p.License) {
			t.Errorf("%s: got licence %q, want one of %s", path, p.License, strings.Join(allowed, ", "))
		}
	}
}
