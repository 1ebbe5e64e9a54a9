package node

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"timbre"
)

// A deleted voice is overwritten wherever a search or an enrolment has put it.
func TestDeletedVoiceLeavesMemory(t *testing.T) {
	for name, erase := range map[string]func(in *testNode) error{
		"profile deleted": func(in *testNode) error { return in.store.DeleteProfile(in.t.Context(), "p") },
		"profile renewed": func(in *testNode) error {
			return in.store.RenewProfile(in.t.Context(), timbre.Profile{ID: "p", Voiceprint: timbre.Voiceprint{Embedding: timbre.Embedding{1}}}, "t")
		},
		"domain deleted": func(in *testNode) error { return in.store.DeleteDomain(in.t.Context(), "d") },
	} {
		t.Run(name, func(t *testing.T) {
			withTestNode(t, func(in *testNode) {
				t := in.t
				voice, mark, searched := secretVoice()
				v := timbre.Voiceprint{Embedding: voice, Net: 20 * time.Second, Model: in.speakerModel}
				now := time.Now()
				in.must(in.store.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
				in.must(in.store.CreateTask(t.Context(), timbre.Task{
					ID: "t", Kind: timbre.SpeakerSearch, TransactionID: "x", DomainID: "d", Voiceprint: &v, VoiceprintMade: now,
					VoiceprintStatus: timbre.VoiceprintGenerationSuccess, Created: now, Ended: now,
				}))
				in.must(in.store.EnrolProfile(t.Context(), timbre.Profile{ID: "p", DomainID: "d", Voiceprint: v, Tasks: []string{"t"}, Created: now, Expires: now.Add(time.Hour)}, "t"))
				_, err := in.search.Search(t.Context(), "d", v)
				in.must(err)
				_, err = in.tasks.Renew(t.Context(), "p", "t")
				in.must(err)
				_, err = in.search.Search(t.Context(), "d", v)
				in.must(err)
				_, err = in.tasks.Get(t.Context(), timbre.SpeakerSearch, "", "t")
				in.must(err)
				v.Erase()
				if n, once := inMemory(t, mark), inMemory(t, searched); n != 0 || once != 1 {
					t.Errorf("got the voice %d times in memory, and %d times as searches have it; want it once, for searches", n, once)
				}
				in.must(erase(in))
				if n := inMemory(t, mark) + inMemory(t, searched); n != 0 {
					t.Errorf("got the erased voice %d times in memory, want it nowhere", n)
				}
			})
		})
	}
}

// secretVoice returns an embedding and marks of it for inMemory: as it is, and as the lower bits of the fixed-point numbers that
// are searched.
func secretVoice() (voice timbre.Embedding, mark, searched []byte) {
	voice = make(timbre.Embedding, 192)
	for i := range voice {
		voice[i] = rand.Float32()
	}
	scale := slices.Max(voice) / 127
	for _, x := range voice[8:40] {
		searched = binary.LittleEndian.AppendUint16(searched, uint16(int64(float64(x)*(1<<16/float64(scale))+0.5)))
	}
	defer clear(searched)
	part := unsafe.Slice((*byte)(unsafe.Pointer(&voice[8])), 64)
	return voice, inverted(part), inverted(searched)
}

// inverted returns bytes that do not find themselves in memory.
func inverted(b []byte) []byte {
	b = slices.Clone(b)
	for i := range b {
		b[i] = ^b[i]
	}
	return b
}

// inMemory counts the places in the memory of the process where the bytes are of which a mark is the inverse.
func inMemory(t *testing.T, mark []byte) (n int) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip("the system does not tell what memory a process has")
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip("the process may not read its own memory")
	}
	defer memory.Close()
	sought := inverted(mark)
	defer clear(sought)
	chunk := make([]byte, 1<<20)
	defer clear(chunk)
	for line := range strings.Lines(string(maps)) {
		var from, to int64
		var mode string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &mode); err != nil || !strings.HasPrefix(mode, "rw") {
			continue
		}
		for at := from; at < to; at += int64(len(chunk) - len(sought) + 1) {
			read, _ := memory.ReadAt(chunk[:min(int64(len(chunk)), to-at)], at)
			for i := 0; ; i++ {
				next := bytes.Index(chunk[i:read], sought)
				if next < 0 {
					break
				}
				if i += next; !within(chunk, at+int64(i)) && !within(sought, at+int64(i)) {
					n++
				}
			}
			clear(chunk)
		}
	}
	return n
}

// within reports whether an address is that of one of the bytes.
func within(b []byte, at int64) bool {
	first := int64(uintptr(unsafe.Pointer(&b[0])))
	return at >= first && at < first+int64(len(b))
}
