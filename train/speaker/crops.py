"""The training set: voices, their crops at 8 kHz, and what the teacher says of them."""
import numpy as np
import torch

from . import audio, corpora, teach

WINDOW = teach.WINDOW
SHIFT = 4000  # samples that a crop may begin before or after the teacher's window
MIXED = 0.5  # the target: this share of the window's embedding, and the rest of the voice's mean
CODEC = {False: 0.3, True: 0.1}  # share of crops from a copy through a codec, by whether the line is clean


def unit(e):
    return e / (np.linalg.norm(e, axis=-1, keepdims=True) + 1e-9)


def held(keys, seed=5):
    """People of the training corpora who are kept out, for choices between nets."""
    random, out = np.random.default_rng(seed), set()
    for corpus in filter(lambda c: c.held, corpora.table().values()):
        members = [k for k in keys if k.split()[0] == corpus.id]
        out |= set(random.permutation(members)[:corpus.held])
    return out


class Crops:
    def __init__(self, work, seed):
        self.random = np.random.default_rng(seed)
        table, self.wide, self.copies, self.starts, embeddings, share = corpora.table(), [], [], [], [], []
        with np.load(work / 'speech.npz') as speech, np.load(work / 'copies.npz') as copies, np.load(work / 'teacher.npz') as teacher:
            kept = held(speech.files)
            for key in speech.files:
                if key in kept or len(speech[key]) < WINDOW + SHIFT:
                    continue
                for number in range(len(teach.VOICES)):
                    wide = teach.voice(speech[key], number)
                    if len(wide) < WINDOW:
                        continue
                    self.wide.append(wide)
                    self.copies.append([self.narrow_voice(copies['%s %d' % (key, c)], number) for c in range(2) if '%s %d' % (key, c) in copies])
                    self.starts.append(teacher['%s %d starts' % (key, number)])
                    embeddings.append(unit(teacher['%s %d embeddings' % (key, number)]))
                    share.append(np.sqrt(len(embeddings[-1])) * table[key.split()[0]].weight * (0.5 if number else 1))
        self.embeddings = embeddings
        self.share = np.array(share) / sum(share)
        self.means = unit(np.stack([e.mean(0) for e in embeddings]))
        self.mean = np.concatenate(embeddings).mean(0)

    @staticmethod
    def narrow_voice(samples, number):
        before, after, _ = teach.VOICES[number]
        return audio.resample(samples, before // 2, after // 2)

    def draw(self, batch):
        """Crops [batch, WINDOW / 2] at an RMS of 0.08, their targets, whose they are, and which lines are clean."""
        people = self.random.choice(len(self.wide), min(batch, len(self.wide)), replace=False, p=self.share)
        clean = self.random.random(len(people)) < 0.2
        crops, targets = zip(*(self.crop(p, c) for p, c in zip(people, clean)))
        x = torch.from_numpy(np.stack(crops))
        x = x / (x.square().mean(1, keepdim=True).sqrt() + 1) * 0.08
        return x, torch.from_numpy(np.stack(targets)), torch.from_numpy(people), clean

    def crop(self, person, clean):
        wide, window = self.wide[person], int(self.random.integers(len(self.starts[person])))
        start = int(np.clip(self.starts[person][window] + self.random.integers(-SHIFT, SHIFT + 1), 0, len(wide) - WINDOW)) // 2 * 2
        copies = self.copies[person]
        if copies and self.random.random() < CODEC[bool(clean)]:
            copy = copies[int(self.random.integers(len(copies)))]
            narrow = copy[start // 2:][:WINDOW // 2]
            narrow = narrow if len(narrow) == WINDOW // 2 else copy[-WINDOW // 2:]
        else:  # half the rate by the lower half of the spectrum
            narrow = np.fft.irfft(np.fft.rfft(wide[start:start + WINDOW].astype(np.float32))[:WINDOW // 4 + 1], WINDOW // 2) / 2
        narrow = np.resize(narrow, WINDOW // 2).astype(np.float32)
        return narrow, unit(MIXED * self.embeddings[person][window] + (1 - MIXED) * self.means[person]).astype(np.float32)
