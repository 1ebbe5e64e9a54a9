"""Exact search among voices by FAISS, USearch and Timbre in one run: milliseconds a query, the least of five rounds; processor time on one
thread, time on all of them.

    bench/prepare                                            installs FAISS and USearch
    bench/.venv/bin/python bench/report/peers.py             20,000 and 1,000,000 voices
    bench/.venv/bin/python bench/report/peers.py 20000
"""

import os
import re
import subprocess
import sys
import time

import faiss
import numpy as np
from usearch.index import search

VALUES, FOUND, ROUNDS = 192, 10, 5


def drawn(profiles):
    draw = np.random.default_rng(1)
    voices = draw.standard_normal((profiles, VALUES), dtype=np.float32)
    voices /= np.linalg.norm(voices, axis=1, keepdims=True)
    return voices


def least(query, clock, profiles):
    queries = max(3, 1_000_000 // profiles)

    def run():
        began = clock()
        for _ in range(queries):
            query()
        return (clock() - began) / queries

    query()
    return 1000 * min(run() for _ in range(ROUNDS))


def peers(profiles):
    voices = drawn(profiles)
    one = voices[:1] + 0.05
    flat = faiss.IndexFlatIP(VALUES)
    flat.add(voices)
    eight = faiss.IndexScalarQuantizer(VALUES, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    eight.train(voices[:20_000])
    eight.add(voices)
    for threads, of, clock in ((1, "one", time.process_time), (os.cpu_count(), "all", time.perf_counter)):
        faiss.omp_set_num_threads(threads)
        for name, query in (
            ("faiss-flat", lambda: flat.search(one, FOUND)),
            ("faiss-sq8", lambda: eight.search(one, FOUND)),
            ("usearch", lambda: search(voices, one[0], FOUND, exact=True, threads=threads)),
        ):
            print(f"{profiles}-{of}-{name} {least(query, clock, profiles):.3f}", flush=True)


def ours(profiles):
    env = dict(os.environ, TIMBRE_BENCH_PROFILES=str(profiles))
    run = ["go", "test", "-run", "^$", "-bench", f"Search/{profiles}$", "-count", str(ROUNDS), "./search"]
    for of, unit, a_millisecond, more in (("one", "cpu-µs/op", 1e3, {"GOMAXPROCS": "1"}), ("all", "ns/op", 1e6, {})):
        out = subprocess.run(run, env=env | more, capture_output=True, text=True, check=True).stdout
        found = re.findall(rf"^BenchmarkSearch/{profiles}(?:-\d+)?\s.*?([0-9.]+) {unit}", out, re.MULTILINE)
        print(f"{profiles}-{of}-timbre {min(map(float, found)) / a_millisecond:.3f}", flush=True)


for profiles in [int(n) for n in sys.argv[1:]] or [20_000, 1_000_000]:
    ours(profiles)
    peers(profiles)
