package trial

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"timbre"
)

func TestToneFolderHasOneSubfolderATone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"neutral/ann/1.wav": "", "negative/ann/2.wav": "", "negative/x.wav": "", "other/y.wav": ""})
	got, err := ReadTones(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := filepath.Join(dir, "negative/x.wav")
	want := []Spoken{
		{[]string{filepath.Join(dir, "neutral/ann/1.wav")}, 1, "ann", nil},
		{[]string{filepath.Join(dir, "negative/ann/2.wav")}, 2, "ann", nil},
		{[]string{x}, 2, x, nil},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := ReadTones(filepath.Join(dir, "other")); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("no sub-folder of a tone: got %v, want Invalid", err)
	}
}

func TestToneListNamesFilesAndTones(t *testing.T) {
	got, err := ReadToneList(strings.NewReader("File,Tone,Speaker,set\na.wav|b.wav,Negative,Ann,x\nc.wav,neutral,,\n"), "/d")
	want := []Spoken{
		{[]string{"/d/a.wav", "/d/b.wav"}, 2, "Ann", map[string]string{"set": "x"}},
		{[]string{"/d/c.wav"}, 1, "/d/c.wav", map[string]string{}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, text := range []string{"", "file,tone\n", "a.wav,neutral\n", "file,tone\na.wav,angry\n", "file,tone\n,neutral\n"} {
		if _, err := ReadToneList(strings.NewReader(text), ""); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%q: got %v, want Invalid", text, err)
		}
	}
}
