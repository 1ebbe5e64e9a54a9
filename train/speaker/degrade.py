"""Stage 2: two copies of each speaker's speech through real codecs, at 8 kHz. What torch can do, line.py does anew for each crop."""
import numpy as np

from . import audio

KINDS = ('gsm', 'gsm', 'opus', 'g726', 'speex')  # GSM is the hardest and drawn twice as often
NOISY = 0.7  # share of second copies with noise before the codec
SNR = (4, 20)  # dB
PEAK = 30000


def noise(length, before, random):
    """White noise, or three voices of the speaker before."""
    if before is None or random.random() < 0.5:
        return random.standard_normal(length)
    return sum(np.resize(np.roll(before.astype(np.float32), shift), length) for shift in (0, len(before) // 3, len(before) // 2))


def noisy(samples, before, random):
    speech = samples.astype(np.float32)
    added = noise(len(speech), before, random)
    gain = np.sqrt(np.square(speech).mean() / (np.square(added).mean() + 1e-9)) * 10 ** (-random.uniform(*SNR) / 20)
    speech = speech + gain * added
    return (speech * min(1, PEAK / np.abs(speech).max())).astype(np.int16)


def degrade(work, seed=0):
    random, before, out = np.random.default_rng(seed), None, {}
    with np.load(work / 'speech.npz') as speech:
        for i, key in enumerate(speech.files):
            samples = speech[key]
            for copy in range(2):
                kind = 'gsm' if copy == 0 and i % 2 == 0 else KINDS[random.integers(len(KINDS))]
                source = noisy(samples, before, random) if copy and random.random() < NOISY else samples
                coded = audio.through(kind, source, random)
                if len(coded) >= 0.8 * len(samples) / 2:
                    out['%s %d' % (key, copy)] = coded
            before = samples
    np.savez(work / 'copies.npz', **out)
    print('%d copies' % len(out))
