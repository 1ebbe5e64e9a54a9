package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"

	"timbre"
)

// Audio implements timbre.EnrolmentAudio.
func (s *Store) Audio(ctx context.Context, profileID string) ([]int16, error) {
	p, err := profile(ctx, s.reader, profileID)
	if err != nil {
		return nil, wrap("store.Audio", err)
	}
	pcm, err := s.audio(ctx, s.reader, p.DomainID, profileName+profileID)
	return pcm, wrap("store.Audio", err)
}

// Remake implements timbre.EnrolmentAudio.
func (s *Store) Remake(ctx context.Context, profileID, model string, v timbre.Voiceprint) error {
	var domainID string
	return s.erase(ctx, "store.Remake", func(q querier) error {
		p, err := profile(ctx, q, profileID)
		if err != nil {
			return err
		}
		domainID = p.DomainID
		if p.Voiceprint.Model != model {
			return conflict("Voice profile %s has a voiceprint of another model now.", profileID)
		}
		p.Voiceprint = v
		sealed, err := s.seal(ctx, q, p.DomainID, profileName+p.ID, &v)
		if err != nil {
			return err
		}
		doc, err := profileDocument(p)
		if err != nil {
			return err
		}
		return execOne(ctx, q, conflict("The voiceprint of voice profile %s has been erased.", profileID),
			"UPDATE profile SET sealed = ?, document = ? WHERE id = ? AND sealed IS NOT NULL", sealed, doc, p.ID)
	}, s.observers.voicesErased(&domainID))
}

// audio returns what is kept under a name; nil if nothing is.
func (s *Store) audio(ctx context.Context, q querier, domainID, name string) ([]int16, error) {
	var sealed, wrapped []byte
	err := q.QueryRowContext(ctx, "SELECT a.sealed, d.wrapped FROM audio a, domain d WHERE a.name = ? AND d.id = ?", name, domainID).Scan(&sealed, &wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.keys.Open(wrapped, name+audioName, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	pcm := make([]int16, len(plain)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(plain[2*i:]))
	}
	return pcm, nil
}

// audioName tells the sealed audio of a row from its sealed voiceprint.
const audioName = " audio"

// keepAudio keeps the audio of a voiceprint that has some.
func (s *Store) keepAudio(ctx context.Context, q querier, domainID, name string, pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	wrapped, err := dataKey(ctx, q, domainID)
	if err != nil {
		return err
	}
	plain := make([]byte, 0, 2*len(pcm))
	for _, x := range pcm {
		plain = binary.LittleEndian.AppendUint16(plain, uint16(x))
	}
	defer clear(plain)
	sealed, err := s.keys.Seal(wrapped, name+audioName, plain)
	if err != nil {
		return err
	}
	_, err = q.ExecContext(ctx, "INSERT OR REPLACE INTO audio (name, sealed) VALUES (?, ?)", name, sealed)
	return err
}

// keepTaskAudio keeps the audio of a task that has a voiceprint. It is kept once: later saves come without it.
func (s *Store) keepTaskAudio(ctx context.Context, q querier, t timbre.Task) error {
	if t.Voiceprint == nil || len(t.Voiceprint.Audio) == 0 {
		return nil
	}
	var has bool
	if err := q.QueryRowContext(ctx, "SELECT sealed IS NOT NULL FROM task WHERE id = ?", t.ID).Scan(&has); err != nil || !has {
		return err
	}
	return s.keepAudio(ctx, q, t.DomainID, taskName+t.ID, t.Voiceprint.Audio)
}

// moveAudio makes the audio of a task that of a profile, whose voiceprint is now that of the task; none if the task has none.
func (s *Store) moveAudio(ctx context.Context, q querier, domainID, taskID, profileID string) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM audio WHERE name = ?", profileName+profileID); err != nil {
		return err
	}
	pcm, err := s.audio(ctx, q, domainID, taskName+taskID)
	if err != nil {
		return err
	}
	return s.keepAudio(ctx, q, domainID, profileName+profileID, pcm)
}
