package config

import (
	"slices"
	"strings"
	"testing"

	"timbre"
)

func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"", "api:\n  listen: 127.0.0.1:8080\nadmin.listen: :1\n", "notify:\n  webhooks: {a: 'http://x#s'}\n",
		"sip.listen: [a, 'b,c']\n", "data: |\n  x\n", "data: &a x\nregion: *a\n", "---\n---\n", "{", "? x\n: y\n", "<<: {data: x}\n",
		"data: [[[[[[[[[[[[[[[[[[[[x", "data: - - - - - - - - - - - - x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, err := parseFile([]byte(text))
		for key, v := range values {
			if !slices.Contains(Keys(), key) || v.line < 1 {
				t.Errorf("%q, line %d, is no setting", key, v.line)
			}
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("not one line: %q", err)
		}
	})
}

func FuzzProfiles(f *testing.F) {
	f.Add("[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
	f.Add("[]\n=\n;x\n# y\n[a")
	f.Fuzz(func(t *testing.T, text string) {
		profiles, err := parseProfiles(text)
		if err != nil {
			return
		}
		for _, p := range profiles {
			if p.User == "" || p.ID == "" || p.Secret == "" {
				t.Errorf("%+v was taken", p)
			}
		}
	})
}

func TestNearestIsByLetters(t *testing.T) {
	for word, want := range map[string]string{
		"api.lisen": "api.listen", "listen": "api.listen", "threshold": "search.threshold", "notify.webhook": "notify.webhooks", "Data": "data", "regoin": "region",
	} {
		if got := timbre.Nearest(word, Keys()); got != want {
			t.Errorf("%s: got %s, want %s", word, got, want)
		}
	}
}

func TestTagsOfSettingsAreValid(t *testing.T) {
	for _, f := range flags(new(Settings)) {
		t.Run(f.Name, func(t *testing.T) {
			if form := f.Tag.Get("form"); form != "" && forms[form].valid == nil {
				t.Errorf("got form %q, want one of forms", form)
			}
			if !strings.HasSuffix(f.Help, ".") {
				t.Errorf("got help %q, want a sentence", f.Help)
			}
			for _, tag := range []string{"min", "max"} {
				if f.Tag.Has(tag) {
					bound(f, tag) // panics if it is malformed
				}
			}
		})
	}
}
