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
