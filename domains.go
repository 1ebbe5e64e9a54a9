package timbre

import (
	"context"
	"time"
)

// DomainReader reads a voice profile domain: NotFound if there is none of the id.
type DomainReader interface {
	Domain(ctx context.Context, id string) (Domain, error)
}

// Domains reads and writes voice profile domains.
type Domains interface {
	DomainReader
	// CreateDomain also generates the domain's data key. Conflict if another domain has the token.
	CreateDomain(ctx context.Context, d Domain) error
	// DomainByToken finds the domain that was created with a ClientRequestToken.
	DomainByToken(ctx context.Context, token string) (Domain, error)
	// UpdateDomain lets change modify all fields but ID, Created, Token and Fingerprint, and returns the result. No other
	// write runs meanwhile: change must not call the store.
	UpdateDomain(ctx context.Context, id string, change func(*Domain)) (Domain, error)
	ListDomains(ctx context.Context, p Page) ([]Item, error)
	// DeleteDomain destroys the domain's data key, its profiles and the voiceprints of its tasks.
	DeleteDomain(ctx context.Context, id string) error
}

// ProfileReader reads a profile without its embedding: NotFound if there is none of the id.
type ProfileReader interface {
	Profile(ctx context.Context, id string) (Profile, error)
}

// ProfileManager lists and deletes profiles. It returns no embeddings.
type ProfileManager interface {
	ProfileReader
	// ListProfiles: NotFound without the domain.
	ListProfiles(ctx context.Context, domainID string, p Page) ([]Item, error)
	// DeleteProfile erases the voice everywhere, including the voiceprints of the tasks that it was enrolled or renewed from.
	DeleteProfile(ctx context.Context, id string) error
}

// ProfileEnroller writes profiles from the voiceprints of tasks.
type ProfileEnroller interface {
	ProfileReader
	// EnrolProfile writes p with its embedding and records it on the task that it came from, in one transaction. Conflict if
	// that task has been enrolled already; NotFound if task or domain is gone.
	EnrolProfile(ctx context.Context, p Profile, taskID string) error
	// RenewProfile replaces Voiceprint, Tasks, Updated and Expires of an existing profile. The task may be used again. NotFound if
	// task or profile is gone.
	RenewProfile(ctx context.Context, p Profile, taskID string) error
}

// VoiceprintReader reads voiceprints of profiles.
type VoiceprintReader interface {
	// Voiceprint returns a profile with its embedding, which is nil if the profile has expired at now. NotFound without the profile.
	Voiceprint(ctx context.Context, profileID string, now time.Time) (Profile, error)
}

// VoiceprintFollower reads what a search ranks.
type VoiceprintFollower interface {
	// FollowVoiceprints brings a copy of a domain's voices from a generation to the present one, which it returns: generations are
	// above 0 and grow with every change to the profiles, and after 0 come all. Profiles that have expired at now are not among
	// them. An error leaves the copy between both. NotFound without the domain.
	FollowVoiceprints(ctx context.Context, domainID string, after int64, now time.Time, to VoiceprintIndex) (generation int64, err error)
}

// VoiceprintIndex is a copy of a domain's voices.
type VoiceprintIndex interface {
	// Clear takes all out: those that there are follow.
	Clear()
	// Put adds a profile or replaces what it was. It gets ID, Expires and Voiceprint, and must copy the embedding: the caller
	// overwrites it.
	Put(p Profile)
	// Remove takes a profile out, if it is in.
	Remove(profileID string)
}

// EnrolmentAudio is the audio that voiceprints were made from, where the operator has it kept. It is encrypted as embeddings are, and
// erased with the voiceprint.
type EnrolmentAudio interface {
	// Audio returns the audio of a profile; nil if none is kept.
	Audio(ctx context.Context, profileID string) ([]int16, error)
	// Remake replaces a voiceprint of one model by one of another, and changes nothing else. Conflict if the profile has no
	// voiceprint of the first model any more.
	Remake(ctx context.Context, profileID, model string, v Voiceprint) error
}

// ModelCounter counts profiles by the model of their voiceprint.
type ModelCounter interface {
	// ModelsInProfiles counts the profiles that have a voiceprint, in the order of the models. It costs a look at each profile.
	ModelsInProfiles(ctx context.Context) ([]ModelUse, error)
}

// Profiles reads and writes profiles.
type Profiles interface {
	ModelCounter
	EnrolmentAudio
	ProfileManager
	ProfileEnroller
	VoiceprintReader
	VoiceprintFollower
}
