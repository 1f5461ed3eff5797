"""What models of rows have in common: scaled measures, softmax, calibration."""

import numpy as np

# Scaled measures are held within so many standard deviations.
CLIP = 4.0


class Scaling:
    """To mean 0 and deviation 1 as they were in training; what could not be measured becomes the median."""

    def __init__(self, x):
        self.middle = np.nanmedian(x, 0)
        filled = np.where(np.isnan(x), self.middle, x)
        self.mean, self.scale = filled.mean(0), filled.std(0) + 1e-4

    def __call__(self, x):
        filled = np.where(np.isnan(x), self.middle, x)
        return np.clip((filled - self.mean) / self.scale, -CLIP, CLIP).astype(np.float32)


def softmax(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def auc(scores, positive):
    """Area under the ROC curve: how often a positive scores above a negative."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    n = positive.sum()
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (~positive).sum()))


def reliability(p, is_true, bins=10):
    """Mean probability, share that came true and count, in bins of even width."""
    of = np.minimum((p * bins).astype(int), bins - 1)
    return [[float(p[of == b].mean()), float(is_true[of == b].mean()), int((of == b).sum())] for b in range(bins) if (of == b).any()]


def calibration_error(p, is_true):
    """Expected calibration error: how far the bins of `reliability` lie off, by their counts."""
    return float(sum(abs(a - b) * n for a, b, n in reliability(p, is_true)) / len(p))


def confusion(truth, said, classes):
    """Counts: a row for what is true, a column for what was said."""
    return [[int(((truth == i) & (said == j)).sum()) for j in range(classes)] for i in range(classes)]
