"""Stage 3: what the teacher, CAM++ as published, says of windows of clean wideband speech. Each speaker gives three voices."""
import numpy as np
import torch

from . import audio, campplus, frontend

WINDOW = 3 * audio.WIDE
VOICES = ((audio.WIDE, audio.WIDE, 14), (17600, audio.WIDE, 6), (audio.WIDE, 17600, 6))  # resampled from, to; windows
# A voice that is resampled by a tenth has other pitch and formants: it counts as another person.


def voice(samples, number):
    return audio.resample(samples, *VOICES[number][:2])


def windows(length, most):
    """Where the windows of a recording start."""
    starts = list(range(0, length - WINDOW + 1, WINDOW))
    if length % WINDOW > WINDOW // 2:
        starts.append(length - WINDOW)
    return [starts[i] for i in sorted(set(np.linspace(0, len(starts) - 1, most).round().astype(int)))]


def teach(work, weights):
    teacher, bands, out = campplus.load(weights), frontend.Wideband(), {}
    with np.load(work / 'speech.npz') as speech:
        for key in speech.files:
            for number, (_, _, most) in enumerate(VOICES):
                samples = audio.floats(voice(speech[key], number))
                if len(samples) < WINDOW:
                    samples = np.resize(samples, WINDOW)
                starts = windows(len(samples), most)
                with torch.no_grad():
                    embeddings = teacher(bands(torch.from_numpy(np.stack([samples[s:s + WINDOW] for s in starts]))))
                out['%s %d starts' % (key, number)] = np.array(starts)
                out['%s %d embeddings' % (key, number)] = embeddings.numpy()
    np.savez(work / 'teacher.npz', **out)
    print('%d voices' % (len(out) // 2))
