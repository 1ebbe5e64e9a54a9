package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"timbre"
	"timbre/store"
	"timbre/store/storetest"
)

// stocked is a store with a domain "d" of n profiles, each with an embedding of its own. Until a test packs them they are in no block.
func stocked(t testing.TB, folder string, n int) *Store {
	t.Helper()
	s := begin(t, folder)
	ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
	stock(t, s, 0, n)
	return s
}

// stock adds profiles with the numbers from one to another.
func stock(t testing.TB, s *Store, from, to int) {
	t.Helper()
	ok(t, s.write(t.Context(), "", func(q querier) error {
		for i := from; i < to; i++ {
			id := name(i)
			sealed, err := s.seal(t.Context(), q, "d", profileName+id, new(numbered(i)))
			if err != nil {
				return err
			}
			doc, err := profileDocument(timbre.Profile{ID: id, DomainID: "d", Voiceprint: timbre.Voiceprint{Model: "m"}})
			if err != nil {
				return err
			}
			if _, err := q.ExecContext(t.Context(), "INSERT INTO profile (id, domain_id, created, expires, sealed, document) VALUES (?, 'd', ?, ?, ?, ?)",
				id, i, unixNano(v1), sealed, doc); err != nil {
				return err
			}
		}
		return nil
	}))
}

func name(i int) string { return fmt.Sprintf("%04d", i) }

func numbered(i int) timbre.Voiceprint {
	v := timbre.Voiceprint{Embedding: make(timbre.Embedding, 16), Net: time.Second, Model: "m"}
	v.Embedding[0] = float32(i)
	return v
}

// packedSpans packs what is in no block, and returns the blocks.
func packedSpans(t testing.TB, s *Store) []span {
	t.Helper()
	ok(t, s.Pack(t.Context()))
	list, err := s.blocks(t.Context(), "d")
	ok(t, err)
	return list
}

// sameVoices checks that a copy has the profiles that there are, each with its own embedding.
func sameVoices(t testing.TB, s *Store, now time.Time, want []string) {
	t.Helper()
	list, err := storetest.AllVoices(context.WithoutCancel(t.Context()), s, "d", now)
	ok(t, err)
	var got []string
	for _, p := range list {
		got = append(got, p.ID)
		if p.DomainID != "d" || !p.Expires.Equal(v1) || name(int(p.Voiceprint.Embedding[0])) != p.ID || p.Voiceprint.Model != "m" {
			t.Errorf("got the profile %+v, want another", p)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the profiles %v, want %v", got, want)
	}
}

func names(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, name(i))
	}
	return list
}

func TestProfilesArePackedInBlocks(t *testing.T) {
	s := stocked(t, t.TempDir(), 2*inBlock+5)
	if got, want := packedSpans(t, s), []span{{1, inBlock + 1}, {inBlock + 2, 2*inBlock + 1}}; !slices.Equal(got, want) {
		t.Fatalf("got blocks %v, want %v: the latest changes are in none", got, want)
	}
	sameVoices(t, s, v0, names(0, 2*inBlock+5))
	sameVoices(t, s, v1, nil)
}

func TestChangeTakesAProfileOutOfItsBlock(t *testing.T) {
	ctx := t.Context()
	for name, change := range map[string]func(s *Store) error{
		"deleted": func(s *Store) error { return s.DeleteProfile(ctx, "0007") },
		"erased":  func(s *Store) error { return sqlOf(s, "UPDATE profile SET sealed = NULL WHERE id = '0007'") },
	} {
		t.Run(name, func(t *testing.T) {
			s := stocked(t, t.TempDir(), 2*inBlock)
			was := packedSpans(t, s)
			ok(t, change(s))
			left, err := s.blocks(ctx, "d")
			ok(t, err)
			if !slices.Equal(left, was[1:]) {
				t.Errorf("got blocks %v, want %v", left, was[1:])
			}
			want := slices.DeleteFunc(names(0, 2*inBlock), func(id string) bool { return id == "0007" })
			sameVoices(t, s, v0, want)
			if again := packedSpans(t, s); !slices.Equal(again, was) {
				t.Errorf("got blocks %v, want %v", again, was)
			}
			sameVoices(t, s, v0, want)
		})
	}
}

func sqlOf(s *Store, query string) error {
	_, err := s.writer.Exec(query)
	return err
}

func TestErasedVoiceLeavesItsBlockInAllFiles(t *testing.T) {
	ctx := t.Context()
	for name, erase := range map[string]func(s *Store) error{
		"profile deleted":  func(s *Store) error { return s.DeleteProfile(ctx, "0001") },
		"domain deleted":   func(s *Store) error { return s.DeleteDomain(ctx, "d") },
		"profiles expired": func(s *Store) error { return sweep(ctx, s, v1) },
		"profile made from other audio": func(s *Store) error {
			return s.Remake(ctx, "0001", "m", timbre.Voiceprint{Embedding: timbre.Embedding{1}, Model: "n"})
		},
		"profile renewed": func(s *Store) error {
			return s.RenewProfile(ctx, timbre.Profile{ID: "0001", Voiceprint: numbered(1), Expires: v1}, "t")
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := stocked(t, folder, inBlock)
			ok(t, s.CreateTask(ctx, timbre.Task{ID: "t", Kind: timbre.SpeakerSearch, TransactionID: "x", DomainID: "d", Created: v0, Ended: v0}))
			if n := len(packedSpans(t, s)); n != 1 {
				t.Fatalf("got %d blocks, want 1", n)
			}
			var sealed []byte
			ok(t, s.reader.QueryRow("SELECT sealed FROM block").Scan(&sealed))
			if n := left(t, folder, [][]byte{sealed}); n != 1 {
				t.Fatalf("got %d blocks in the files before, want 1", n)
			}
			ok(t, erase(s))
			if n := left(t, folder, [][]byte{sealed}); n != 0 {
				t.Errorf("got %d blocks in the files, want none", n)
			}
		})
	}
}

func TestDamagedBlockCostsNoProfile(t *testing.T) {
	const n = 3 * inBlock
	for name, damage := range map[string]string{
		"of another span": "UPDATE block SET sealed = (SELECT sealed FROM block WHERE first > 1 LIMIT 1) WHERE first = 1",
		"altered":         "UPDATE block SET sealed = x'0102' WHERE first = 1",
		"of a profile":    "UPDATE block SET sealed = (SELECT sealed FROM profile LIMIT 1) WHERE first = 1",
		"moved":           "UPDATE block SET last = last - 1 WHERE first = 1",
	} {
		t.Run(name, func(t *testing.T) {
			s := stocked(t, t.TempDir(), n)
			packedSpans(t, s)
			ok(t, sqlOf(s, damage))
			sameVoices(t, s, v0, names(0, n))
			if d := s.Damaged(); len(d) > 0 {
				t.Errorf("got damaged rows %v, want none", d)
			}
			if again := packedSpans(t, s); len(again) != n/inBlock {
				t.Errorf("got blocks %v, want the profiles packed again", again)
			}
		})
	}
}

func TestDamagedProfileIsInNoBlock(t *testing.T) {
	s := stocked(t, t.TempDir(), 2*inBlock+1)
	ok(t, sqlOf(s, "DROP TRIGGER profile_changed; UPDATE profile SET sealed = x'00' WHERE id = '0064'"))
	if got, want := packedSpans(t, s), []span{{1, 65}, {67, inBlock + 66}}; !slices.Equal(got, want) {
		t.Errorf("got blocks %v, want %v", got, want)
	}
	want := slices.DeleteFunc(names(0, 2*inBlock+1), func(id string) bool { return id == "0064" })
	sameVoices(t, s, v0, want)
	if got := s.Damaged()["profile"]; got != 1 {
		t.Errorf("got %d damaged profiles, want 1", got)
	}
}

func TestProfilesThatChangedMeanwhileAreNotPacked(t *testing.T) {
	s := stocked(t, t.TempDir(), inBlock)
	d := voices{domainID: "d"}
	ok(t, s.reader.QueryRow("SELECT wrapped FROM domain").Scan(&d.wrapped))
	r, err := s.readRun(t.Context(), d, span{1, latest})
	ok(t, err)
	ok(t, s.DeleteProfile(t.Context(), "0003"))
	sealed, err := store.SealBlock(s.keys, d.wrapped, d.blockName(r.at), r.profiles)
	ok(t, err)
	ok(t, s.write(t.Context(), "", func(q querier) error { return keepBlock(t.Context(), q, d, r.at, r.rows, sealed) }))
	if list, err := s.blocks(t.Context(), "d"); err != nil || len(list) > 0 {
		t.Errorf("got blocks %v and error %v, want none: one would bring back a deleted voice", list, err)
	}
}

func TestProfilesOfEarlierVersionsArePacked(t *testing.T) {
	folder := t.TempDir()
	s := stocked(t, folder, 2*inBlock)
	ok(t, s.Close())
	earlier(t, folder, 17)
	s = begin(t, folder)
	if n := len(packedSpans(t, s)); n != 2 {
		t.Errorf("got %d blocks, want 2", n)
	}
	sameVoices(t, s, v0, names(0, 2*inBlock))
}

// Whatever happens to profiles, in whatever order, a copy that is read from blocks is the one that is read row by row.
func TestCopyFromBlocksIsThatFromRows(t *testing.T) {
	s := stocked(t, t.TempDir(), 4*inBlock)
	want := names(0, 4*inBlock)
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 12 {
		for range 1 + r.IntN(6) {
			i := r.IntN(len(want))
			ok(t, s.DeleteProfile(t.Context(), want[i]))
			want = slices.Delete(want, i, i+1)
		}
		stock(t, s, 4*inBlock+40*round, 4*inBlock+40*(round+1))
		want = append(want, names(4*inBlock+40*round, 4*inBlock+40*(round+1))...)
		if round%3 > 0 {
			packedSpans(t, s)
		}
		sameVoices(t, s, v0, want)
	}
}

// An erasure and the block that it deletes are one transaction, so that a crash leaves both or none.
func TestCrashLeavesNoBlockOfAnErasedVoice(t *testing.T) {
	ctx, folder := t.Context(), t.TempDir()
	s := stocked(t, folder, 2*inBlock)
	packedSpans(t, s)
	var sealed []byte
	ok(t, s.reader.QueryRow("SELECT sealed FROM block WHERE first = 1").Scan(&sealed))
	ok(t, s.write(ctx, "", func(q querier) error { // an erasure without the truncation of the log
		_, err := q.ExecContext(ctx, "DELETE FROM profile WHERE id = '0000'")
		return err
	}))
	crashed := copied(t, folder)
	if n := left(t, crashed, [][]byte{sealed}); n != 1 {
		t.Fatalf("got %d blocks in the files before Open, want 1", n)
	}
	s = begin(t, crashed)
	if n := left(t, crashed, [][]byte{sealed}); n != 0 {
		t.Errorf("got %d blocks in the files after Open, want none", n)
	}
	sameVoices(t, s, v0, names(1, 2*inBlock))
}

func TestLargeDomainBreaksOffAnInspection(t *testing.T) {
	for _, blocks := range []int{largeDomain - 1, largeDomain} {
		s := quiet(t)
		ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
		inspecting, end := context.WithCancelCause(t.Context())
		s.inspection.breakOff.Store(&end)
		ok(t, sqlOf(s, fmt.Sprintf(`WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO block (domain_id, first, last, sealed) SELECT 'd', i, i, x'00' FROM n`, 99+blocks)))
		sameVoices(t, s, v0, nil)
		if got, want := errors.Is(context.Cause(inspecting), errLargeDomain), blocks == largeDomain; got != want {
			t.Errorf("%d blocks: got it broken off %v, want %v", blocks, got, want)
		}
	}
}

// changing changes the store when a profile comes, while a copy is read from it.
type changing struct {
	timbre.VoiceprintIndex
	when   string
	change func()
}

func (c changing) Put(p timbre.Profile) {
	c.VoiceprintIndex.Put(p)
	if p.ID == c.when {
		c.change()
	}
}

func TestProfileThatChangesWhileACopyIsReadIsNotMissed(t *testing.T) {
	const last = 2 * inBlock
	for _, when := range []string{name(0), name(inBlock), name(last)} {
		t.Run(when, func(t *testing.T) {
			s := stocked(t, t.TempDir(), last+1)
			packedSpans(t, s)
			ok(t, sqlOf(s, "UPDATE block SET sealed = x'00' WHERE first = 1")) // read row by row
			var all collection
			_, err := s.FollowVoiceprints(t.Context(), "d", 0, v0, changing{&all, when, func() {
				ok(t, sqlOf(s, "UPDATE profile SET expires = expires + 1 WHERE id = '0001'")) // it is the latest now
			}})
			ok(t, err)
			found := map[string]bool{}
			for _, p := range all {
				found[p.ID] = true
			}
			if len(found) != last+1 || !found["0001"] {
				t.Errorf("got %d profiles, among them the one that changed: %v; want %d", len(found), found["0001"], last+1)
			}
		})
	}
}
