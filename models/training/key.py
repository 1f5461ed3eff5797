"""Trains the key profiles and the drone profile of shared/analysis.

The model: the score of a key is the chroma of the whole and of the bass, turned so that its tonic comes first, times one set of weights for
major and one for minor. So what is learned of one key holds for all twelve. Softmax over the 24, cross-entropy, a little weight decay.

The tonic of music over a drone is weighed in the same way, with one set of weights, trained on the pieces that have a drone.

    cargo xtask eval analysis --training target/eval/analysis/training
    python models/training/key.py target/eval/analysis/training/pieces.jsonl > shared/analysis/src/tonal/key_weights.rs

Needs numpy.
"""

import json
import sys

import numpy as np

NAMES = {"C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "F": 5, "F#": 6, "Gb": 6, "G": 7, "G#": 8, "Ab": 8, "A": 9, "A#": 10, "Bb": 10, "B": 11}
FOLDS = 5


def read(path):
    features, targets, groups = [], [], []
    for line in open(path):
        piece = json.loads(line)
        measured = (piece["analysis"].get("descriptors") or {}).get("value") or {}
        if not measured.get("chroma"):
            continue
        # Other modes have a key only so that they can be scored.
        if piece["truth"]["family"] == "fiddle, modal":
            continue
        spans = piece["truth"]["keys"]
        # A piece that changes its key is two truths at once: it teaches nothing.
        if len({s["key"] for s in spans}) != 1:
            continue
        tonic, mode = spans[0]["key"].split()
        bass = measured.get("bass_chroma") or [1 / 12] * 12
        features.append(np.sqrt(np.stack([measured["chroma"], bass])))
        targets.append(NAMES[tonic] + (12 if mode == "minor" else 0))
        groups.append(piece["truth"]["family"])
    return np.array(features), np.array(targets), groups


def read_drones(path):
    features, targets = [], []
    for line in open(path):
        piece = json.loads(line)
        measured = (piece["analysis"].get("descriptors") or {}).get("value") or {}
        hz = piece["truth"].get("tonic_hz")
        if not hz or not measured.get("chroma"):
            continue
        bass = measured.get("bass_chroma") or [1 / 12] * 12
        features.append(np.sqrt(np.stack([measured["chroma"], bass])))
        # The chroma is tuned by what was measured, so the tonic is where that puts it.
        targets.append(round(12 * np.log2(hz / 440) + 9 - measured["tuning_cents"] / 100) % 12)
    return np.array(features), np.array(targets)


def train_drones(x, y, decay=1e-4, steps=2000, rate=0.5):
    w, m = np.zeros(24), np.zeros(24)
    for _ in range(steps):
        s = x @ w
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(y)), y] -= 1
        m = 0.9 * m + np.einsum("nt,ntf->f", p, x) / len(y) + decay * w
        w = w - rate * m
    return w


def turned(features):
    """For each piece and tonic the features as seen from there: (pieces, 12, 24)."""
    seen = np.stack([np.roll(features, -t, axis=2) for t in range(12)], axis=1)
    return seen.reshape(len(features), 12, 24)


def without_bass(x):
    """The same pieces once more as if they had no bass: so that the whole alone is enough where the bass is missing or misleads."""
    y = x.copy()
    y[:, :, 12:] = np.sqrt(1 / 12)
    return y


def train(x, y, decay, steps=3000, rate=0.5):
    x, y = np.concatenate([x, without_bass(x)]), np.concatenate([y, y])
    w, b = np.zeros((2, 24)), np.zeros(2)
    mw, mb = np.zeros_like(w), np.zeros_like(b)
    centre = x.mean(axis=(0, 1))
    x = x - centre
    for _ in range(steps):
        p = probabilities(x, w, b)
        p[np.arange(len(y)), y] -= 1
        p = p.reshape(-1, 2, 12) / len(y)
        gw = np.einsum("nmt,ntf->mf", p, x) + decay * w
        gb = p.sum(axis=(0, 2))
        mw, mb = 0.9 * mw + gw, 0.9 * mb + gb
        w, b = w - rate * mw, b - rate * mb
    return w, b - w @ centre


def probabilities(x, w, b):
    s = np.einsum("ntf,mf->nmt", x, w) + b[None, :, None]
    s = s.reshape(len(x), 24)
    s = np.exp(s - s.max(axis=1, keepdims=True))
    return s / s.sum(axis=1, keepdims=True)


def mirex(a, t):
    up, same, minor = (a % 12 - t % 12) % 12, a // 12 == t // 12, t >= 12
    if same:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(up, 0.0)
    return {0: 0.2, (3 if minor else 9): 0.3}.get(up, 0.0)


def main():
    features, y, groups = read(sys.argv[1])
    x = turned(features)
    order = np.random.default_rng(1).permutation(len(y))
    best = None
    for decay in [1e-5, 3e-5, 1e-4]:
        weighted, right = [], []
        for fold in range(FOLDS):
            test = order[fold::FOLDS]
            rest = np.setdiff1d(order, test)
            w, b = train(x[rest], y[rest], decay)
            answers = probabilities(x[test], w, b).argmax(axis=1)
            weighted += [mirex(a, t) for a, t in zip(answers, y[test])]
            right += list(answers == y[test])
        bare = [mirex(a, t) for a, t in zip(probabilities(without_bass(x), w, b).argmax(axis=1), y)]
        print(f"decay {decay}: without bass {np.mean(bare):.3f};", file=sys.stderr, end=" ")
        print(f"{np.mean(weighted):.3f} weighted, {np.mean(right):.3f} right, of {len(y)} pieces", file=sys.stderr)
        if best is None or np.mean(weighted) > best[0]:
            best = (np.mean(weighted), decay)
    w, b = train(x, y, best[1])
    rows = lambda v: ", ".join(f"{a:.3f}" for a in v)
    drones, tonics = read_drones(sys.argv[1])
    seen = turned(drones)
    fold = np.arange(len(tonics)) % FOLDS
    hits = [((seen[fold == f] @ train_drones(seen[fold != f], tonics[fold != f])).argmax(axis=1) == tonics[fold == f]).mean() for f in range(FOLDS)]
    print(f"{len(tonics)} drones, tonic right {np.mean(hits):.3f}", file=sys.stderr)
    tonic = train_drones(seen, tonics)
    print("//! Key profiles, as trained by models/training/key.py on rendered music; see models/key.md.")
    print("//!")
    print(f"//! {len(y)} pieces; in {FOLDS} folds {best[0]:.3f}, MIREX weighted. The weights are of square roots of shares.")
    print(f"//! {len(tonics)} pieces over a drone; in {FOLDS} folds the tonic of {np.mean(hits):.3f} was right.")
    print()
    print("/// One row for major, one for minor: weights of the pitch classes from the tonic up, of the whole and then of the bass.")
    print("pub(crate) const WEIGHTS: [[[f64; 12]; 2]; 2] = [")
    for m in range(2):
        print(f"    [\n        [{rows(w[m, :12])}],\n        [{rows(w[m, 12:])}],\n    ],")
    print("];")
    print("/// What is added for major and for minor.")
    print(f"pub(crate) const BIAS: [f64; 2] = [{rows(b)}];")
    print("/// The same for the tonic of a drone.")
    print(f"pub(crate) const TONIC: [[f64; 12]; 2] = [\n    [{rows(tonic[:12])}],\n    [{rows(tonic[12:])}],\n];")


main()
