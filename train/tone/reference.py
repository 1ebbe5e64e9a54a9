"""The demo calls -> what the tone model and its calibration say of the first seconds of each, for the test of the Go code.

    python reference.py --calls ../../cmd/timbre/demo/calls --out ../../tone/testdata/reference.json
"""
import argparse
import json

import numpy as np
import onnxruntime as ort
import soundfile as sf

from calibrate import log_odds
from looks import NOTHING

LENGTHS = (3, 10, 30)  # seconds


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--calls", default="../../cmd/timbre/demo/calls")
    ap.add_argument("--folder", default="../../models/tone")
    ap.add_argument("--out", default="../../tone/testdata/reference.json")
    a = ap.parse_args()
    model = ort.InferenceSession(f"{a.folder}/tone.onnx", providers=["CPUExecutionProvider"])
    shift, expected = json.load(open(f"{a.folder}/calibration.json"))["shift"], []
    for call in ("s1_enrol", "s2_second", "s3_enrol", "s4_second", "silent_caller"):
        x, rate = sf.read(f"{a.calls}/{call}_caller.wav", dtype="float32")
        for seconds in LENGTHS:
            p = model.run(None, {"samples": x[None, : seconds * rate], "past": NOTHING})[0][0]
            positive, negative = (1 / (1 + np.exp(-(log_odds(p[i]) - shift[t]))) for i, t in ((0, "positive"), (2, "negative")))
            expected.append({"call": call, "seconds": seconds, "positive": round(positive, 6), "neutral": round(1 - positive - negative, 6), "negative": round(negative, 6)})
    with open(a.out, "w") as f:
        f.write("[\n" + ",\n".join("  " + json.dumps(e) for e in expected) + "\n]\n")


if __name__ == "__main__":
    main()
