"""Reference values of log-mel filterbanks: `python reference.py > reference.json`. NumPy 1.26.4.

It follows Kaldi's published definition by its own route (whole matrices, NumPy's FFT), so that an error would have to be made
twice; kaldi-native-fbank 1.21.1 differs from it by at most 5e-5. The signal is a formula, which the Go test repeats.
"""

import json
import sys

import numpy as np

FORMS = {
    "povey of 80 at 16 kHz, int16": dict(rate=16000, mels=80, window="povey", preemphasis=0.97, low=20, high=8000, scale=32768, mean=False),
    "hamming of 80 at 16 kHz, mean removed": dict(rate=16000, mels=80, window="hamming", preemphasis=0.97, low=20, high=7600, scale=1, mean=True),
    "hann of 40 at 8 kHz, no emphasis": dict(rate=8000, mels=40, window="hann", preemphasis=0, low=0, high=3800, scale=1, mean=False),
}
FLOOR = 1.1920929e-07


def signal(rate, seconds=0.3):
    state, out = 12345, []
    for i in range(int(rate * seconds)):
        state = (1103515245 * state + 12345) % 2**31
        t = i / rate
        out.append(0.3 * np.sin(2 * np.pi * 220 * t) + 0.2 * np.sin(2 * np.pi * (500 + 2000 * t) * t) + 0.1 * (state / 2**30 - 1) + 0.05)
    return np.array(out)


def mel(hz):
    return 1127 * np.log1p(np.asarray(hz, float) / 700)


def window(name, n):
    cos = np.cos(2 * np.pi * np.arange(n) / (n - 1))
    return {"hamming": 0.54 - 0.46 * cos, "hann": 0.5 - 0.5 * cos, "povey": (0.5 - 0.5 * cos) ** 0.85}[name]


def fbank(x, rate, mels, window_name, preemphasis, low, high, mean):
    frame, shift = rate * 25 // 1000, rate * 10 // 1000
    size = 1 << (frame - 1).bit_length()
    count = 1 + (len(x) - frame) // shift
    frames = np.stack([x[i * shift : i * shift + frame] for i in range(count)])
    frames = frames - frames.mean(axis=1, keepdims=True)
    previous = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    frames = (frames - preemphasis * previous) * window(window_name, frame)
    power = np.abs(np.fft.rfft(frames, size)) ** 2
    edges = np.linspace(mel(low), mel(high), mels + 2)
    bins = mel(np.arange(size // 2) * rate / size)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    out = np.log(np.maximum(power[:, : size // 2] @ np.clip(np.minimum(up, down), 0, None).T, FLOOR))
    return out - out.mean(axis=0) if mean else out


result = []
for name, f in FORMS.items():
    x = signal(f["rate"]) * f["scale"]
    out = fbank(x, f["rate"], f["mels"], f["window"], f["preemphasis"], f["low"], f["high"], f["mean"])
    result.append(dict(name=name, **f, frames=len(out), values={str(t): [round(float(v), 5) for v in out[t]] for t in (0, 13, len(out) - 1)}))
json.dump(result, sys.stdout, indent=None)
print()
