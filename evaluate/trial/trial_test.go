package trial

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"timbre"
)

func list(t *testing.T, text string) []Trial {
	t.Helper()
	trials, err := ReadList(strings.NewReader(text), "/d")
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return trials
}

func TestListsOfAllFormsAreEqual(t *testing.T) {
	want := []Trial{
		{Enrol: []string{"/d/a1.wav", "/d/a2.wav"}, Test: "/d/a3.wav", Target: true, Profile: "enrol /d/a1.wav;/d/a2.wav", Caller: "enrol /d/a1.wav;/d/a2.wav", Conditions: map[string]string{"codec": "gsm", "snr": "10"}},
		{Enrol: []string{"/d/a1.wav", "/d/a2.wav"}, Test: "/e/b.wav", Profile: "enrol /d/a1.wav;/d/a2.wav", Caller: "test /e/b.wav", Conditions: map[string]string{"codec": "gsm"}},
	}
	for name, text := range map[string]string{
		"commas":     "\uFEFFenrol,test,label,codec,snr\n# a comment\na1.wav|a2.wav,a3.wav,target,gsm,10\na1.wav|a2.wav,/e/b.wav,nontarget,gsm,\n",
		"semicolons": "Test; Enrol; Codec; Label; SNR\r\na3.wav; a1.wav | a2.wav; gsm; 1; 10\r\n/e/b.wav; a1.wav|a2.wav; gsm; 0;\r\n",
		"tabs":       "label\tenrol\ttest\tsnr\tcodec\ntarget\ta1.wav|a2.wav\ta3.wav\t10\tgsm\nnontarget\ta1.wav|a2.wav\t/e/b.wav\t\tgsm\n",
		"text":       "# enrol test\na1.wav|a2.wav a3.wav target codec=gsm snr=10\n\na1.wav|a2.wav /e/b.wav nontarget codec=gsm\n",
		"label 1, 0": "1 a1.wav|a2.wav a3.wav codec=gsm snr=10\n0 a1.wav|a2.wav /e/b.wav codec=gsm",
	} {
		t.Run(name, func(t *testing.T) {
			if got := list(t, text); !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v, want\n%+v", got, want)
			}
		})
	}
}

func TestPeopleFollowFromTargets(t *testing.T) {
	got := list(t, "a.wav x.wav target\nb.wav x.wav target\nb.wav y.wav target\nc.wav y.wav nontarget\nc.wav z.wav target")
	if a, b, c := got[0].Profile, got[2].Profile, got[3].Profile; a != b || a != got[0].Caller || a == c || got[4].Caller != c {
		t.Errorf("got %+v, want a and b to be one person and c another", got)
	}
	got = list(t, "enrol,test,label,profile,caller\na.wav,x.wav,nontarget,Ann,Bob\n")
	if got[0].Profile != "Ann" || got[0].Caller != "Bob" || len(got[0].Conditions) != 0 {
		t.Errorf("got %+v, want the names of the list", got)
	}
}

func TestBadListsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "no trials",
		"enrol,test,label\n":                "no trials",
		"a.wav b.wav":                       "line 1: got 2 fields",
		"a.wav b.wav maybe":                 `"maybe" is neither`,
		"a.wav b.wav target codec":          "NAME=VALUE",
		"enrol,test,label\na.wav,,target\n": "line 2: enrol, test and label",
		"enrol,test\na.wav,b.wav\n":         "line 2: enrol, test and label",
		"enrol,test,label\na.wav,b.wav\n":   "wrong number of fields",
		"a.wav x.wav target\nb.wav x.wav target\nb.wav y.wav target\na.wav y.wav nontarget": "labelled as of two people",
		"enrol,test,label,profile,caller\na.wav,x.wav,target,Ann,Bob\n":                     "labelled as of one person",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := ReadList(strings.NewReader(text), "")
			if timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want Invalid: %s", err, want)
			}
		})
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFolderHasOneSubfolderAPerson(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"ann/2.wav": "", "ann/1/a.WAV": "", "ann/notes.txt": "", "bob/x.opus": "", ".git/y.wav": "", "nobody/readme": "", "stray.wav": "",
	})
	got, err := ReadFolder(dir, "dev")
	if err != nil {
		t.Fatal(err)
	}
	want := []Person{
		{Name: "ann", Recordings: []Recording{{File: filepath.Join(dir, "ann/1/a.WAV")}, {File: filepath.Join(dir, "ann/2.wav")}}},
		{Name: "bob", Recordings: []Recording{{File: filepath.Join(dir, "bob/x.opus")}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := ReadFolder(filepath.Join(dir, "ann"), ""); err == nil || !strings.Contains(err.Error(), "at least 2") {
		t.Errorf("one person: got %v, want it refused", err)
	}
	if _, err := ReadFolder(filepath.Join(dir, "none"), ""); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("no folder: got %v, want NotFound", err)
	}
}

func TestIndexNamesPeopleAndTheirUtterances(t *testing.T) {
	dir := t.TempDir()
	index := func(text string) ([]Person, error) {
		write(t, dir, map[string]string{"index.json": text})
		return ReadFolder(dir, "dev")
	}
	got, err := index(`{"b":{"corpus":"x","part":"dev","file":"dev/b.opus","utterances":[[0,32000,200000000],[32000,16000,100000000],[48000,16,100000001]]},
		"a":{"corpus":"x","part":"dev","file":"dev/a.opus","utterances":[[16,4]]}, "c":{"part":"train","file":"c.opus"}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Person{
		{"a", "x", []Recording{{filepath.Join(dir, "dev/a.opus"), []Part{{8, 10, 0}}}}},
		{"b", "x", []Recording{
			{filepath.Join(dir, "dev/b.opus"), []Part{{16000, 24000, 100000000}, {24000, 24008, 100000001}}},
			{filepath.Join(dir, "dev/b.opus"), []Part{{0, 16000, 200000000}}},
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, text := range []string{`{`, `{}`, `{"a":{"part":"dev","utterances":[[1]]},"b":{"part":"dev"}}`, `{"a":{"part":"dev","utterances":[[-1,2]]},"b":{"part":"dev"}}`} {
		if _, err := index(text); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%s: got %v, want Invalid", text, err)
		}
	}
}

func FuzzReadList(f *testing.F) {
	f.Add([]byte("enrol,test,label,snr\na.wav|b.wav,c.wav,target,10\n"))
	f.Add([]byte("a b target x=y\n0 a b"))
	f.Fuzz(func(t *testing.T, text []byte) {
		trials, err := ReadList(strings.NewReader(string(text)), "")
		if err == nil && len(trials) == 0 {
			t.Error("got no trials and no error")
		}
		for _, x := range trials {
			if len(x.Enrol) == 0 || x.Test == "" || x.Target != (x.Profile == x.Caller) {
				t.Errorf("got %+v", x)
			}
		}
	})
}
