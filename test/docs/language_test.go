package docs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// run are the languages of blocks that TestCommandsOfPages runs.
var run = []string{"sh", "python"}

// shown are the other languages that a block may have, and what becomes of them.
var shown = map[string]string{
	"json":     "parsed here",
	"yaml":     "settings, loaded by the program",
	"kamailio": "loaded by kamailio",
	"mermaid":  "a diagram",
	"text":     "what is printed, or how files lie: nothing to run",
	"ini":      "a file of another program: systemd, or the credentials of the AWS SDKs",
	"py":       "code for a service that is no more, or a program that a test of its own runs; its syntax is checked",
	"xml":      "what a platform or a PBX is given; it must be well formed",
	"acli":     "the command line of an Oracle SBC, which nobody can install from a package",
	"ios":      "the command line of Cisco IOS XE, likewise",
	"sonus":    "the command line of a Ribbon SBC, likewise",
	"opensips": "OpenSIPS, which Debian 12 does not have",
	"asterisk": "Asterisk, which Debian 12 does not have",
	"shell":    "commands that another test runs, or that need what a test has not: see unrun",
}

// unrun are the first lines of the blocks of commands that TestCommandsOfPages cannot run, by page, each with the test that runs them, or with the
// reason why none does.
var unrun = map[string]map[string]string{
	"README.md":     {"make demo": "TestDemoNamesEveryCaller runs what make demo does, and make test this test"},
	"docs/chaos.md": {"make build": "they take hours; TestTenKillsLoseNothing runs ten kills of the same program"},
	"docs/check.md": {
		"sudo -u timbre timbre check --config /etc/timbre/timbre.yaml":                                                                        "it is of a server that is installed: TestASoundMachinePasses",
		"sudo systemd-run --quiet --pipe --wait --collect -p User=timbre -p LimitNOFILE=131072 timbre check --config /etc/timbre/timbre.yaml": "the same by systemd",
		"timbre check sbc 'sip:192.0.2.10;transport=tls' --ca ca.pem --srtp":                                                                  "the same on other addresses as the block before, which is run",
	},
	"docs/deploy.md": {
		"docker load -i timbre_VERSION_linux_amd64.image.tar    # or: podman load -i …, skopeo copy --all oci-archive:… docker://…":         contained,
		"TIMBRE_IMAGE=timbre:VERSION docker compose -f release/compose.yaml up -d":                                                          contained,
		"TIMBRE_RTP_ADDRESS=192.0.2.10 docker compose -f release/compose.yaml -f release/compose.ports.yaml up -d":                          contained,
		"helm install timbre timbre-VERSION.tgz --namespace voice --create-namespace --set image.repository=REGISTRY/timbre":                contained,
		"kubectl -n voice create secret generic timbre-secrets \\":                                                                          contained,
		"kubectl -n voice exec timbre-0 -- timbre token | kubectl -n voice create secret generic timbre-token --from-file=token=/dev/stdin": contained,
	},
	"docs/evaluation.md": {
		"bin/timbre eval people":                  evaluated,
		"bin/timbre eval trials.csv":              evaluated,
		"bin/timbre eval --tone folder":           evaluated,
		"bin/timbre calibrate people --domain ID": evaluated,
		"bin/timbre calibrate list":               evaluated,
	},
	"docs/install.md": {
		"make build": made,
		"apt install ./timbre_VERSION_linux_amd64.deb     # or: dnf install ./timbre_VERSION_linux_amd64.rpm": "they change the machine: TestFirstNameFromADebianPackage and TestFirstNameFromAnRPM run them on one of their own",
		"systemctl enable --now timbre":                                                    "no test has a service manager: TestFirstNameFromADebianPackage starts what the unit starts",
		"tar -xzf timbre_VERSION_linux_amd64.tar.gz":                                       "there is no release beside the pages: TestFirstNameFromATarball",
		"ssh-keygen -Y verify -f SIGNERS -I release -n file -s SHA256SUMS.sig <SHA256SUMS": "there is no release beside the pages: TestChecksumsAreSigned",
	},
	"docs/models.md": {
		"timbre models add FOLDER                           # a model of your own": "they need a model: TestMigrationRemakesVoiceprintsOfKeptAudio makes one, adds it, uses it and migrates; TestModelsListSaysWhichAreInUse, TestModelsCommandsRefuseWithTheReason",
	},
	"docs/operations.md": {"timbre restore timbre.backup           # no server may run": "a server runs before it: TestBackupOfARunningServerIsRestored"},
	"docs/tutorial.md":   {"make build": made},
	"docs/versioning.md": {"timbre restore timbre-data/timbre.db.before-migration": "no version before this one lies in such a folder: TestDatabaseIsCopiedBeforeItsTablesChange"},
	"train/README.md":    {"train/setup                              # once: train/.venv, in exact versions; Debian 12": "it installs PyTorch; make train-smoke runs them"},
}

const (
	contained = "no test has an engine of containers or a cluster: TestDemoInTheImage, TestComposePublishesThePortsOfMedia and TestChartIsInstalled run what they would"
	evaluated = "they need recordings of people: TestEvalAndCalibrate runs them on some"
	made      = "the program of this test is what it makes"
)

// Every block says in what language it is, so that it is clear what is done with it.
func TestBlocksHaveALanguage(t *testing.T) {
	for name, all := range pages(t) {
		for _, b := range all {
			if _, ok := shown[b.Language]; !ok && !slices.Contains(run, b.Language) {
				t.Errorf("%s: line %d: got a block of the language %q", name, b.Line, b.Language)
			}
		}
	}
}

// Commands that are not run as they stand are listed with who runs them, or why nobody does; the list has no others.
func TestCommandsThatAreNotRunAreExplained(t *testing.T) {
	tests, named := declared(t), regexp.MustCompile(`\bTest\w+`)
	left := map[string]bool{}
	for page, lines := range unrun {
		for line, why := range lines {
			left[page+": "+line] = true
			for _, name := range named.FindAllString(why, -1) {
				if !tests[name] {
					t.Errorf("%s: %s: there is no %s", page, line, name)
				}
			}
		}
	}
	for name, all := range pages(t) {
		for _, b := range all {
			if b.Language != "shell" {
				continue
			}
			if unrun[name][b.first()] == "" {
				t.Errorf("%s: line %d: say in unrun who runs %q", name, b.Line, b.first())
			}
			delete(left, name+": "+b.first())
		}
	}
	for line := range left {
		t.Errorf("unrun names what no page has: %s", line)
	}
}

// declared are the names of all tests.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	all, test := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			text, err := os.ReadFile(path)
			for _, found := range test.FindAllStringSubmatch(string(text), -1) {
				all[found[1]] = true
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJSONOfPages(t *testing.T) {
	each(t, "json", func(t *testing.T, b block) {
		if !json.Valid([]byte(b.Text)) {
			t.Errorf("got no JSON: %s", b.Text)
		}
	})
}

// each runs a test for each block of a language. It fails if there is none.
func each(t *testing.T, language string, test func(*testing.T, block)) {
	t.Helper()
	found := 0
	for name, all := range pages(t) {
		for _, b := range all {
			if b.Language == language {
				found++
				t.Run(name+"/"+b.first(), func(t *testing.T) { test(t, b) })
			}
		}
	}
	if found == 0 {
		t.Errorf("got no block of the language %s", language)
	}
}
