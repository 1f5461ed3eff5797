"""Trains the pulse network of shared/analysis: which moments are beats, which of them begin bars, whether there is a pulse at all, and
whether beats divide into three.

The network is a small temporal convolutional network (after Davies & Boeck, EUSIPCO 2019): one convolution that looks at all bands, then
residual blocks whose convolutions reach twice as far each time, up to 12 s to either side. It runs on every file of a scan, so it is small.

    cargo xtask eval analysis --training target/eval/analysis/training
    python models/training/pulse.py target/eval/analysis/training models/pulse.safetensors [EPOCHS [FROM]]

FROM names weights to go on from; without it, training begins anew.

Needs torch, numpy, safetensors.
"""

import json
import math
import random
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from heard import FRAME_RATE_HZ, retone
from networks import describe_pulse
from tcn import Tcn

BLOCKS = 9
OUTPUTS = ["beat", "downbeat", "pulse", "triple"]
CROP = 2400
# One batch in so many is of loops and stings: 2 to 10 s.
SHORT = 6
SHORT_CROPS = (170, 860)
BATCH = 8


def read(folder):
    pieces = []
    for line in open(folder / "pieces.jsonl"):
        truth = json.loads(line)["truth"]
        # A pulse without known beats teaches neither.
        if truth["has_pulse"] and not truth["beats_s"]:
            continue
        heard = np.load(folder / f"{truth['name']}.npy").astype(np.float16)
        pieces.append((heard, truth))
    return pieces


def targets(truth, frames, stretch):
    """Rows: beat, downbeat, pulse, triple; the last is NaN where it is not asked."""
    y = np.zeros((4, frames), np.float32)
    for row, times in ((0, truth["beats_s"]), (1, truth["downbeats_s"])):
        for t in times:
            i = round(t * stretch * FRAME_RATE_HZ - 0.25)
            for d, v in ((-1, 0.4), (0, 1.0), (1, 0.4)):
                if 0 <= i + d < frames:
                    y[row, i + d] = max(y[row, i + d], v)
    y[2] = truth["has_pulse"]
    y[3] = (truth["metres"][0] in (6, 9, 12)) if truth["metres"] else np.nan
    return y


def varied(heard, truth, rng, crop):
    """One variation of so many frames of a piece: level, tone, bandwidth, pace."""
    stretch = math.exp(rng.uniform(-0.14, 0.14)) if rng.random() < 0.5 else 1.0
    frames = int(len(heard) * stretch)
    start = rng.randrange(max(1, frames - crop + 1))
    at = np.arange(start, min(start + crop, frames)) / stretch
    if stretch == 1.0:
        x = heard[start : start + crop].astype(np.float32)
    else:
        k = np.minimum(at.astype(int), len(heard) - 2)
        part = (at - k)[:, None].astype(np.float32)
        x = heard[k].astype(np.float32) * (1 - part) + heard[k + 1].astype(np.float32) * part
    retone(x, rng)
    if rng.random() < 0.15:
        # A recording without its lowest octaves.
        x[:, : rng.randrange(1, 5)] = 0
    return x, targets(truth, frames, stretch)[:, start : start + crop]


def loss_of(logits, y):
    beat = F.binary_cross_entropy_with_logits(logits[:, 0], y[:, 0])
    down = F.binary_cross_entropy_with_logits(logits[:, 1], y[:, 1])
    pulse = F.binary_cross_entropy_with_logits(logits[:, 2], y[:, 2])
    asked = ~torch.isnan(y[:, 3])
    triple = F.binary_cross_entropy_with_logits(logits[:, 3][asked], y[:, 3][asked]) if asked.any() else 0.0
    return beat + down + 0.1 * pulse + 0.1 * triple, (beat, down, pulse, triple)


def main():
    folder, out = Path(sys.argv[1]), sys.argv[2]
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 24
    torch.manual_seed(1)
    rng = random.Random(1)
    pieces = read(folder)
    # By name, so that a piece that was held out stays so when others are added.
    held = [p for p in pieces if zlib.crc32(p[1]["name"].encode()) % 20 == 0]
    pieces = [p for p in pieces if zlib.crc32(p[1]["name"].encode()) % 20]
    Path(out).with_suffix(".held-out.txt").write_text("".join(t["name"] + "\n" for _, t in held))
    some = np.concatenate([p[0][::50].astype(np.float32) for p in pieces])
    mean, scale = some.mean(0), 1 / (some.std(0) + 1e-3)
    model = Tcn(len(mean), BLOCKS, len(OUTPUTS))
    print(len(pieces), "pieces,", len(held), "held out,", sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    peak = 4e-3
    if len(sys.argv) > 4:
        mean, scale = model.load(sys.argv[4])
        peak = 2e-3
    steps = epochs * (len(pieces) // BATCH)
    best = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, peak, total_steps=steps, pct_start=0.15)

    def batch(chosen, rng):
        crop = CROP if rng.randrange(SHORT) else rng.randrange(*SHORT_CROPS)
        xs, ys = zip(*(varied(h, t, rng, crop) for h, t in chosen))
        n = min(len(x) for x in xs)
        x = torch.from_numpy(np.stack([(x[:n] - mean) * scale for x in xs])).transpose(1, 2).contiguous()
        return x.float(), torch.from_numpy(np.stack([y[:, :n] for y in ys]))

    for epoch in range(epochs):
        rng.shuffle(pieces)
        model.train()
        total = np.zeros(5)
        for i in range(len(pieces) // BATCH):
            x, y = batch(pieces[i * BATCH : (i + 1) * BATCH], rng)
            loss, parts = loss_of(model(x, 0.1), y)
            best.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            best.step()
            schedule.step()
            total += [float(loss)] + [float(p) for p in parts]
        model.eval()
        with torch.no_grad():
            fixed = random.Random(7)
            scores = []
            for i in range(0, len(held), BATCH):
                x, y = batch(held[i : i + BATCH], fixed)
                loss, parts = loss_of(model(x), y)
                scores.append([float(loss)] + [float(p) for p in parts])
        print(epoch, (total / (len(pieces) // BATCH)).round(4), "held out", np.mean(scores, 0).round(4), flush=True)
        model.save(out, mean, scale)
    describe_pulse(Path(out))


if __name__ == "__main__":
    main()
