"""Stage 7: error rates over the trials, everyone against everyone of the same corpus."""
import json
import pathlib

import numpy as np

from . import metrics, trials


def embedder(onnx):
    """Any model that takes samples at 8 kHz and returns an embedding of length 1."""
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(onnx), options, providers=['CPUExecutionProvider'])
    return lambda samples: session.run(None, {'samples': np.asarray(samples, np.float32)[None]})[0][0]


def scores(embed, folder):
    """A row a comparison: cosine, same person, line, corpus, both people; and per test whether the right person came first."""
    enrolled, tests = {}, []
    for name, corpus, enrol, lines in trials.build(folder):
        enrolled[name] = corpus, embed(enrol)
        tests += [(name, corpus, line, embed(t)) for line, pieces in lines.items() for t in pieces]
    rows, first, number = [], [], {n: i for i, n in enumerate(enrolled)}
    for name, corpus, line, test in tests:
        against = {n: float(e @ test) for n, (c, e) in enrolled.items() if c == corpus}
        first.append((line, corpus, max(against, key=against.get) == name))
        rows += [(s, n == name, line, corpus, number[n], number[name]) for n, s in against.items()]
    return rows, first


def figures(rows, first):
    table = {}
    groups = {'pooled': lambda line, corpus: line in trials.POOLED}
    groups.update({line: lambda l, c, line=line: l == line for line in trials.LINES})
    groups.update({corpus: lambda l, c, corpus=corpus: c == corpus and l in trials.POOLED for corpus in sorted({r[3] for r in rows})})
    for group, member in groups.items():
        targets = [(r[0], r[4]) for r in rows if r[1] and member(*r[2:4])]
        impostors = [(r[0], r[4], r[5]) for r in rows if not r[1] and member(*r[2:4])]
        if not targets or not impostors:
            continue
        row = {k: round(float(v), 2) for k, v in metrics.rates([t[0] for t in targets], [i[0] for i in impostors]).items()}
        row['intervals'] = {k: [round(v, 1) for v in both] for k, both in metrics.intervals(targets, impostors).items()}
        hits = [f[2] for f in first if member(*f[:2])]
        table[group] = dict(row, top1=round(100 * float(np.mean(hits)), 1), targets=len(targets), impostors=len(impostors))
    return table


def evaluate(onnx, folder, out):
    table = figures(*scores(embedder(onnx), folder))
    pathlib.Path(out).write_text(json.dumps(table, indent=1) + '\n')
    for group, row in table.items():
        low = {k: '(%s)' % ' to '.join(map(str, v)) for k, v in row['intervals'].items()}
        print('%-10s EER %5.2f %s  FRR at FAR 1 %% %6.2f %s, 0.1 %% %6.2f %s  top-1 %5.1f  (%d targets)' % (
            group, row['eer'], low.get('eer', ''), row['frr_at_far_1'], low.get('frr_at_far_1', ''), row['frr_at_far_0_1'],
            low.get('frr_at_far_0_1', ''), row['top1'], row['targets']))
    return table
