// Package terraform tests a whole Timbre with Terraform and its AWS provider, which create, change, import and destroy the
// resources in deployment.tf. It is a package of its own because the provider mostly waits, so that other tests can run
// meanwhile. The tests in package test play the provider's API calls (*.json) without Terraform.
package terraform

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

const keyID, secret = "AKIDTEST", "a secret access key for tests"

func TestTerraformBuildsEveryResource(t *testing.T) {
	provider := awsProvider(t)
	deployment := newBuilder(t, provider, serve(t), "deployment.tf")
	deployment.do(t, "apply", "-auto-approve", "-var=step=first")
	deployment.do(t, "plan", "-detailed-exitcode", "-var=step=first") // fails if a read differs from what was written
	deployment.do(t, "apply", "-auto-approve", "-refresh=false", "-var=step=second")

	imported := newBuilder(t, provider, append(deployment.env, "TF_VAR_ids="+deployment.do(t, "output", "-json", "ids")), "deployment.tf", "import.tf")
	out := imported.do(t, "apply", "-auto-approve", "-var=step=second")
	if want := "Resources: 12 imported, 0 added, 1 changed, 0 destroyed"; !strings.Contains(out, want) { // passwords cannot be read
		t.Errorf("import: got\n%s\nwant %s", out, want)
	}
	out = imported.do(t, "destroy", "-auto-approve", "-refresh=false", "-var=step=second")
	if want := "Resources: 12 destroyed"; !strings.Contains(out, want) {
		t.Errorf("destroy: got\n%s\nwant %s", out, want)
	}
}

// builder is Terraform in a folder of its own.
type builder struct {
	folder string
	env    []string
}

// newBuilder copies files into a new folder and initialises Terraform there.
func newBuilder(t *testing.T, provider string, env []string, files ...string) builder {
	t.Helper()
	b := builder{t.TempDir(), env}
	for _, f := range files {
		text, err := os.ReadFile(f)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(b.folder, f), text, 0o600))
	}
	b.do(t, "init", "-plugin-dir="+provider)
	return b
}

// do runs a Terraform command, which must succeed.
func (b builder) do(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "terraform", append(args, "-no-color")...)
	cmd.Dir, cmd.Env = b.folder, b.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// serve runs a node until the test ends, and returns the environment for its clients.
func serve(t *testing.T) []string {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen = "127.0.0.1:0", "127.0.0.1:0"
	s.SIP.Listen = []config.Endpoint{{Network: "udp", Addr: netip.MustParseAddrPort("127.0.0.1:0")}}
	s.AccessKeyID, s.SecretAccessKey = keyID, secret
	ctx, cancel := context.WithCancel(context.Background())
	n, err := node.New(ctx, environment.Environment{}, s)
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-done)
	})
	settings := filepath.Join(t.TempDir(), "none.tfrc")
	must(t, os.WriteFile(settings, nil, 0o600))
	return append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1", "AWS_ACCESS_KEY_ID="+keyID, "AWS_SECRET_ACCESS_KEY="+secret,
		"TF_VAR_endpoint=http://"+n.API)
}

// awsProvider returns the folder of Terraform's AWS provider, in the layout of `terraform providers mirror`. Without Terraform or
// the provider, which test/prepare cannot install, the test is skipped, also in CI.
func awsProvider(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("skipped: terraform is missing; the calls of its AWS provider are tested one by one")
	}
	for _, folder := range []string{os.Getenv("TERRAFORM_PLUGINS"), "/usr/local/share/terraform/plugins", "/opt/tf-plugins"} {
		if _, err := os.Stat(filepath.Join(folder, "registry.terraform.io", "hashicorp", "aws")); folder != "" && err == nil {
			return folder
		}
	}
	t.Skip("skipped: terraform's AWS provider is missing (TERRAFORM_PLUGINS says where); its calls are tested one by one")
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
