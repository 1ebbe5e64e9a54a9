"""Looks at plain speech -> the calibration of the tone model: how far its log-odds are lowered so that plain speech is neutral.

    python calibrate.py --speech DIR --looks looks.npz --out ../../models/tone/calibration.json

DIR holds index.json (speaker -> corpus, part, file) and the audio files that it names. Without --speech the looks of the last run are used.

The shift is fitted to the training speakers; all figures that are printed are of speakers that it has not seen.
"""
import argparse
import json

import numpy as np

from looks import score

SPAN, STEADY = 30, 30  # seconds: that a look covers; of a voice until its own mean weighs as much as plain reading's
FIRM = 0.98  # the share of looks that is neutral, each corpus over each line counted once
TONES = ("positive", "negative")
WHAT = (
    "log-odds = log(p/(1-p)) - shift, positive and negative each against the rest, for an unknown voice. plain: their mean over plain reading. "
    "For a voice with w seconds of earlier speech, less sum(seconds*(log-odds - plain))/(w + 30) over its earlier looks, plus known*w/(w + 30)"
)


def log_odds(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def groups(d, of):
    """corpus over a line -> its looks"""
    return {(c, l): of & (d["corpus"] == c) & (d["line"] == l) for c in np.unique(d["corpus"]) for l in np.unique(d["line"]) if (of & (d["corpus"] == c) & (d["line"] == l)).sum() >= 20}


def relative(z, plain, d):
    """log-odds less the shrunk mean distance of the same voice's earlier ones from plain reading, and how known the voice is: 0 to 1"""
    out, known = z.copy(), np.zeros(z.shape[1])
    for who in np.unique(d["who"]):
        for line in np.unique(d["line"]):
            total, weight, last = np.zeros(2), 0, 0
            for i in np.flatnonzero((d["who"] == who) & (d["line"] == line)):
                out[:, i] -= total / (weight + STEADY)
                known[i] = weight / (weight + STEADY)
                new, last = min(d["at"][i] - last, SPAN), d["at"][i]
                total, weight = total + new * (z[:, i] - plain), weight + new
    return out, known


def fit(r, known, d, of):
    """shift of an unknown voice, and what a known one does without: a line through the upper ends of the looks at each time, moved until
    enough labels are neutral"""
    g = list(groups(d, of).values())
    times = np.unique(d["at"])
    ends = np.array([[np.mean([np.quantile(z[h & (d["at"] == t)], FIRM) for h in g if (h & (d["at"] == t)).sum() >= 10]) for t in times] for z in r])
    lines = [np.polyfit([known[of & (d["at"] == t)].mean() for t in times], e, 1) for e in ends]
    slope, base = np.array(lines).T
    for more in np.arange(-1, 3, 0.01):
        shift = np.maximum(base + more, 0)
        back = np.clip(-slope, 0, shift)
        neutral = label(r - shift[:, None] + np.outer(back, known)) == 1
        if np.mean([neutral[h].mean() for h in g]) >= FIRM:
            return shift, back


def label(z):
    q = 1 / (1 + np.exp(-z))
    return np.argmax([q[0], 1 - q[0] - q[1], q[1]], 0)


def report(d, z, before, of):
    print("| corpus | line | looks | neutral before, % | neutral, % | positive, negative, % |\n| --- | --- | --- | --- | --- | --- |")
    for (c, l), g in [*groups(d, of).items(), *[(("all", l), of & (d["line"] == l)) for l in np.unique(d["line"])], (("all", "all"), of)]:
        now, was = (100 * np.bincount(label(x[:, g]), minlength=3) / g.sum() for x in (z, before))
        print(f"| {c} | {l} | {g.sum()} | {was[1]:.1f} | {now[1]:.1f} | {now[0]:.1f}, {now[2]:.1f} |")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--speech")
    ap.add_argument("--model", default="../../models/tone/tone.onnx")
    ap.add_argument("--looks", default="looks.npz")
    ap.add_argument("--out", default="../../models/tone/calibration.json")
    a = ap.parse_args()
    if a.speech:
        score(a.speech, a.model, a.looks)
    d = dict(np.load(a.looks))
    fitted, z = ~d["checked"], log_odds(d["p"].T[[0, 2]])
    plain = np.mean([z[:, g].mean(1) for g in groups(d, fitted).values()], 0)
    r, known = relative(z, plain, d)
    shift, back = fit(r, known, d, fitted)
    named = lambda v: {t: round(float(x), 3) for t, x in zip(TONES, v)}
    doc = {"model": "tone.onnx", "version": "1", "what": WHAT, "shift": named(shift), "known": named(back), "plain": named(plain - shift)}
    with open(a.out, "w") as f:
        f.write(json.dumps(doc, indent=2) + "\n")
    print(json.dumps(doc))
    report(d, r - shift[:, None] + np.outer(back, known), z, d["checked"])


if __name__ == "__main__":
    main()
