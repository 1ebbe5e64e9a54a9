// Command chart installs a chart as Helm does, up to what it would send to a cluster: it lints the chart, renders it with values, and decodes each
// manifest as an API server does that is strict, to which a field that a type does not have, a value of another type or a repeated key is an
// error. The manifests go out.
package main

import (
	"errors"
	"fmt"
	"log"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/strvals"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/yaml"
)

const namespace = "voice"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: chart FOLDER KEY=VALUE…")
	}
	values := map[string]any{}
	for _, v := range os.Args[2:] {
		if err := strvals.ParseInto(v, values); err != nil {
			log.Fatal(err)
		}
	}
	manifests, err := render(os.Args[1], values)
	if err == nil {
		err = errors.Join(check(os.Args[1], values), decode(manifests))
	}
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range manifests {
		fmt.Printf("---\n%s\n", m)
	}
}

// render is `helm template`.
func render(folder string, values map[string]any) ([]string, error) {
	chart, err := loader.Load(folder)
	if err != nil {
		return nil, err
	}
	release := chartutil.ReleaseOptions{Name: "timbre", Namespace: namespace, Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return nil, err
	}
	var manifests []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if text := strings.TrimSpace(files[name]); text != "" && path.Ext(name) == ".yaml" {
			manifests = append(manifests, text)
		}
	}
	return manifests, nil
}

// check is `helm lint --strict`.
func check(folder string, values map[string]any) (err error) {
	for _, m := range lint.All(folder, values, namespace, true).Messages {
		if m.Severity >= support.WarningSev {
			err = errors.Join(err, m)
		}
	}
	return err
}

// others are kinds of the extensions of a cluster.
var others = []schema.GroupVersionKind{{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"}}

func decode(manifests []string) error {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, text := range manifests {
		var kind runtime.TypeMeta
		if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
			return fmt.Errorf("%w in:\n%s", err, text)
		}
		if slices.Contains(others, schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind)) {
			continue
		}
		if _, _, err := decoder.Decode([]byte(text), nil, nil); err != nil {
			return fmt.Errorf("%w in:\n%s", err, text)
		}
	}
	return nil
}
