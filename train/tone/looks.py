"""Plain speech -> what the tone model says of looks at it, each at the last 30 s, over telephone lines."""
import json
import subprocess
import zlib

import numpy as np
import onnxruntime as ort
import soundfile as sf
from scipy.signal import butter, resample_poly, sosfilt

FS = 8000
SPAN = 30  # seconds that a look covers
LOOKS = (5, 10, 20, 30, 45, 60)  # seconds into the speech; each covers the last SPAN
SHARE = {"so762": 4, "msc": 4, "lstrain": 6, "asc": 1, "fsdd": 1}  # of the training speakers, one in this many: no corpus outweighs the rest
LINES = ("clean", "noise", "white", "gsm", "babble")
NOTHING = np.zeros((1, 0, 38), np.float32)  # the frames of earlier audio, which the model could go on from
HELD_OUT = {"asc": 20, "lstrain": 167, "fsdd": 4}  # corpora without a dev part: their speakers from this one on are checked with


def telephone(x):
    """300-3400 Hz at -20 dB, as every line begins"""
    y = sosfilt(butter(4, [300, 3400], "band", fs=FS, output="sos"), x)
    return y * (0.1 / (rms(y) + 1e-9))


def rms(x):
    return np.sqrt((x * x).mean())


def mu_law(x):
    x = np.clip(x, -1, 1)
    q = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return (np.sign(q) * (256 ** np.abs(q) - 1) / 255).astype(np.float32)


def gsm(x):
    pcm = (np.clip(x, -1, 1) * 32767).astype("<i2").tobytes()
    for coding in (["-f", "s16le", "-ar", "8000", "-ac", "1", "-i", "-", "-c:a", "libgsm", "-f", "gsm", "-"], ["-f", "gsm", "-i", "-", "-f", "s16le", "-"]):
        pcm = subprocess.run(["ffmpeg", "-v", "error", *coding], input=pcm, capture_output=True, check=True).stdout
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def over(x, line, rng, others):
    """speech over a line"""
    y = telephone(x)
    if line == "noise":  # coloured noise, handset tilt, any level
        z = sosfilt(butter(1, rng.uniform(300, 3000), "low", fs=FS, output="sos"), rng.standard_normal(len(y)))
        y = y + z * (rms(y) / rms(z) * 10 ** (-rng.uniform(10, 20) / 20))
        y = y + rng.uniform(-0.35, 0.35) * np.concatenate([[0], y[:-1]])
        y = y * (10 ** (rng.uniform(-35, -15) / 20) / rms(y))
    if line == "white":  # 5 dB
        y = 0.7 * (y + rng.standard_normal(len(y)) * rms(y) * 10 ** (-5 / 20))
    if line == "babble":  # four voices, 10 dB below
        z = sum(np.resize(telephone(o), len(y)) for o in others)
        y = y + z * (rms(y) / rms(z) * 10 ** (-10 / 20))
    return gsm(y) if line == "gsm" else mu_law(y)


def read(path, seconds=max(LOOKS) + 1):
    x, rate = sf.read(path, dtype="float32", frames=16000 * seconds)
    assert rate == 16000
    return resample_poly(x, 1, 2).astype(np.float32)


def choose(index):
    """-> the speakers of a run: id, corpus, and whether it is checked with rather than fitted to"""
    seen = {}
    for who in sorted(index):
        corpus, part = index[who]["corpus"], index[who]["part"]
        n = seen[corpus, part] = seen.get((corpus, part), -1) + 1
        if part == "dev" or n % SHARE[corpus] == 0:
            yield who, corpus, part == "dev" or n >= HELD_OUT.get(corpus, n + 1)


def score(speech, path, out):
    """looks of all speakers over all lines"""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    index = json.load(open(f"{speech}/index.json"))
    people = list(choose(index))
    others = [read(f"{speech}/{index[who]['file']}", 20) for who, corpus, checked in people if corpus == "so762" and not checked][:8]
    rows = []
    for who, corpus, checked in people:
        x = read(f"{speech}/{index[who]['file']}")
        for line in LINES:
            rng = np.random.default_rng(zlib.crc32(f"{line} {who}".encode()))
            y = over(x, line, rng, [others[i] for i in rng.choice(len(others), 4, replace=False)])
            for at in [t for t in LOOKS if t * FS <= len(y)]:
                w = y[max(0, (at - SPAN) * FS):at * FS].astype(np.float32)
                rows.append((who, corpus, checked, line, at, *model.run(None, {"samples": w[None], "past": NOTHING})[0][0]))
    who, corpus, checked, line, at, *p = zip(*rows)
    np.savez(out, who=who, corpus=corpus, checked=checked, line=line, at=at, p=np.array(p).T)
    print(len(people), "speakers", len(rows), "looks", flush=True)
