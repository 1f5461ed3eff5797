"""Trains the network of notes of shared/analysis: how many notes begin at each moment, and how many sound.

    cargo xtask train notes --cache DIR

which renders pieces with any instruments and however mastered, measures what the networks are given, and calls this script with that folder and that of the
models. The outputs are probabilities that at least so many notes begin in a frame, or sound in it; sums of them over a passage are how many there are.
"""

import json
import random
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from heard import BANDS, FRAME_RATE_HZ, retone
from networks import describe_notes
from tcn import Tcn

# Looks 0.36 s to either side.
BLOCKS = 4
# At least so many notes.
BEGIN = [1, 2, 3, 5]
SOUND = [1, 2, 4, 6]
# A beginning belongs to three frames.
SMEAR = ((-1, 0.4), (0, 1.0), (1, 0.4))
# Notes of one chord begin within so many seconds.
TOGETHER_S = 0.03
DRUMS = 9
CROP = 600
BATCH = 16
EPOCHS = 14


def targets(notes, frames):
    """Rows: at least so many notes begin; at least so many sound. Drums begin and do not sound."""
    y = np.zeros((len(BEGIN) + len(SOUND), frames), np.float32)
    notes = sorted(notes)
    i = 0
    while i < len(notes):
        j = i
        while j < len(notes) and notes[j][0] - notes[i][0] < TOGETHER_S:
            j += 1
        at = round(notes[i][0] * FRAME_RATE_HZ - 0.25)
        for row, least in enumerate(BEGIN):
            if j - i >= least:
                for d, v in SMEAR:
                    if 0 <= at + d < frames:
                        y[row, at + d] = max(y[row, at + d], v)
        i = j
    sounding = np.zeros(frames + 1, np.int32)
    for start, length, _, channel in notes:
        if channel != DRUMS:
            sounding[min(frames, round(start * FRAME_RATE_HZ))] += 1
            sounding[min(frames, round((start + length) * FRAME_RATE_HZ))] -= 1
    sounding = np.cumsum(sounding)[:frames]
    for row, least in enumerate(SOUND):
        y[len(BEGIN) + row] = sounding >= least
    return y


def read(folder):
    pieces = []
    for file in sorted(folder.glob("*.json")):
        kept = json.loads(file.read_text())
        heard = np.load(file.with_suffix(".npy")).astype(np.float16)
        name, family = kept["about"]
        pieces.append((heard, targets(kept["rows"], len(heard)).astype(np.float16), name, family))
    return pieces


def varied(heard, y, rng):
    """Some frames of a piece in another level, tone and bandwidth."""
    start = rng.randrange(max(1, len(heard) - CROP + 1))
    x = heard[start : start + CROP].astype(np.float32)
    retone(x, rng)
    return x, y[:, start : start + CROP].astype(np.float32)


def told(p):
    """Events a second, notes a second and notes at once, of probabilities by frame: what shared/analysis reads from them."""
    mean = p.mean(1)
    step = lambda least: np.diff([0] + least)
    events = mean[0] * FRAME_RATE_HZ / sum(v for _, v in SMEAR)
    notes = (mean[:4] * step(BEGIN)).sum() * FRAME_RATE_HZ / sum(v for _, v in SMEAR)
    return np.log2(0.3 + np.array([events, notes, (mean[4:] * step(SOUND)).sum()]))


def correlations(model, mean, scale, pieces):
    """How well three densities are told of whole pieces."""
    model.eval()
    said, true = [], []
    with torch.no_grad():
        for heard, y, *_ in pieces:
            x = torch.from_numpy((heard.astype(np.float32) - mean) * scale).T[None]
            said.append(told(torch.sigmoid(model(x))[0].numpy()))
            true.append(told(y.astype(np.float32)))
    said, true = np.array(said), np.array(true)
    return [round(float(np.corrcoef(said[:, k], true[:, k])[0, 1]), 3) for k in range(3)]


def flux_events(heard):
    """Events a second as peaks of spectral flux have them, to compare with; as `told` says it."""
    x = heard[:, :BANDS].astype(np.float32)
    flux = np.r_[0, np.maximum(x[1:] - x[:-1], 0).mean(1)]
    around = lambda i, k: flux[max(0, i - k) : i + k + 1]
    peaks = sum(flux[i] == around(i, 2).max() and flux[i] > 1.3 * around(i, 8).mean() + 0.03 for i in range(len(flux)))
    return np.log2(0.3 + peaks / len(flux) * FRAME_RATE_HZ)


def by_family(model, mean, scale, held):
    """Prints how well densities are told of what each family of instruments plays, and how well by flux."""
    for family in [None] + sorted({p[3] or "as arranged" for p in held}):
        played = [p for p in held if family in (None, p[3] or "as arranged")]
        true = [told(p[1].astype(np.float32))[0] for p in played]
        flux = np.corrcoef([flux_events(p[0]) for p in played], true)[0, 1]
        print(family or "all", len(played), "r", correlations(model, mean, scale, played), "events by flux", round(float(flux), 3), flush=True)


def fit(pieces, held, epochs=EPOCHS):
    torch.manual_seed(1)
    rng = random.Random(1)
    some = np.concatenate([p[0][::50].astype(np.float32) for p in pieces])
    mean, scale = some.mean(0), 1 / (some.std(0) + 1e-3)
    model = Tcn(len(mean), BLOCKS, len(BEGIN) + len(SOUND))
    per_epoch = 3 * len(pieces) // BATCH
    best = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, 5e-3, total_steps=epochs * per_epoch, pct_start=0.15)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        for _ in range(per_epoch):
            xs, ys = zip(*(varied(h, y, rng) for h, y, *_ in rng.sample(pieces, BATCH)))
            n = min(len(x) for x in xs)
            x = torch.from_numpy(np.stack([(x[:n] - mean) * scale for x in xs])).transpose(1, 2).contiguous()
            loss = F.binary_cross_entropy_with_logits(model(x.float(), 0.05), torch.from_numpy(np.stack([y[:, :n] for y in ys])))
            best.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            best.step()
            schedule.step()
            total += float(loss.detach())
        print(epoch, round(total / per_epoch, 4), "events, notes, notes at once of pieces held out: r", correlations(model, mean, scale, held), flush=True)
    return model, mean, scale


def main():
    folder, models = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(2)
    pieces = read(folder)
    # By name, so that a piece that was held out stays so when others are added.
    of = lambda p: zlib.crc32(p[2].encode()) % 10
    held = [p for p in pieces if of(p) == 0]
    known = [p for p in pieces if of(p)]
    print(len(known), "pieces,", len(held), "held out", flush=True)
    model, mean, scale = fit(known, held)
    to = models / "notes.safetensors"
    model.save(to, mean, scale)
    # Readable by everybody, as the other weights are.
    to.chmod(0o644)
    describe_notes(to, correlations(model, mean, scale, held))
    by_family(model, mean, scale, held)


if __name__ == "__main__":
    main()
