"""Stage 1: the speech of each training speaker at 16 kHz, as one array."""
import numpy as np

from . import audio, corpora

LONGEST = 90 * audio.WIDE  # samples kept of a speaker


def excerpt(samples, sessions):
    """At most LONGEST samples; of several sessions, the oldest and the newest."""
    if len(samples) <= LONGEST:
        return samples
    if sessions:
        return np.concatenate([samples[:LONGEST // 2], samples[-LONGEST // 2:]])
    return samples[:LONGEST]


def prepare(folder, work):
    table, out = corpora.table(), {}
    for name, corpus, file in corpora.people(folder, 'train'):
        if corpus not in table:
            raise SystemExit('%s is of corpus %s, which is not in corpora.csv' % (name, corpus))
        if table[corpus].trains:
            out['%s %s' % (corpus, name)] = excerpt(audio.read(file, audio.WIDE), table[corpus].sessions)
    np.savez(work / 'speech.npz', **out)
    print('%d people, %.1f hours' % (len(out), sum(map(len, out.values())) / audio.WIDE / 3600))
