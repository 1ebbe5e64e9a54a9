"""What trials say about a model: error rates."""
import numpy as np


def rates(targets, impostors):
    """Percent: equal error rate, and the share of targets missed where 1 and 0.1 % of the impostors pass."""
    targets, impostors = np.sort(targets), np.sort(impostors)
    at = np.sort(np.concatenate([targets, impostors]))
    missed = np.searchsorted(targets, at, 'left') / len(targets)
    passed = 1 - np.searchsorted(impostors, at, 'left') / len(impostors)
    equal = np.argmin(np.abs(missed - passed))
    strict = lambda share: missed[np.argmax(passed <= share)] if (passed <= share).any() else 1.0
    return {'eer': 50 * (missed[equal] + passed[equal]), 'frr_at_far_1': 100 * strict(0.01), 'frr_at_far_0_1': 100 * strict(0.001)}


def intervals(targets, impostors, draws=200, seed=1):
    """Of each rate, what 95 % of the draws of the people lie between. Targets are (score, person), impostors (score, one person, the other):
    comparisons of one person depend on one another, so people are drawn, not comparisons."""
    score, person = np.array([t[0] for t in targets]), np.array([t[1] for t in targets])
    other, one, two = (np.array([i[k] for i in impostors]) for k in range(3))
    generator, people, drawn = np.random.default_rng(seed), max(person.max(), one.max(), two.max()) + 1, []
    for _ in range(draws):
        times = np.bincount(generator.integers(people, size=people), minlength=people)
        a, b = np.repeat(score, times[person]), np.repeat(other, times[one] * times[two])
        if len(a) and len(b):
            drawn.append(rates(a, b))
    return {k: [float(np.percentile([d[k] for d in drawn], q)) for q in (2.5, 97.5)] for k in drawn[0]} if drawn else {}
