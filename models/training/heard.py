"""What the networks of shared/analysis are given of a sound (`networks/hearing.rs`), and how it would be of another recording of the same."""

import numpy as np

FRAME_RATE_HZ = 44100 / 512
# Mel levels, log10(1 + energy), which come first of the numbers of a frame.
BANDS = 40


def retone(x, rng):
    """Gives frames another level, tone and bandwidth, in place."""
    energy = np.float32(10) ** x[:, :BANDS] - 1
    place = np.linspace(-1, 1, BANDS)
    decibels = rng.uniform(-18, 6) + rng.uniform(-6, 6) * place + rng.uniform(-5, 5) * np.cos(rng.uniform(1, 4) * np.pi * place + rng.uniform(0, 6))
    x[:, :BANDS] = np.log10(1 + energy.clip(0) * (10 ** (decibels / 10)).astype(np.float32))
    if rng.random() < 0.15:
        x[:, rng.randrange(18, BANDS) : BANDS] = 0
