"""The temporal convolutional network that shared/analysis runs (`networks/network.rs`): one convolution that looks at all inputs, then residual
blocks whose convolutions reach twice as far each time. And its file."""

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

CHANNELS = 32
TAPS = 5


class Tcn(nn.Module):
    def __init__(self, inputs, blocks, outputs):
        super().__init__()
        self.stem = nn.Conv1d(inputs, CHANNELS, 3, padding=1)
        self.wide = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, TAPS, dilation=2**i, padding=2 * 2**i) for i in range(blocks))
        self.mix = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in range(blocks))
        self.head = nn.Conv1d(CHANNELS, outputs, 1)

    def forward(self, x, dropout=0.0):
        x = F.relu(self.stem(x))
        for wide, mix in zip(self.wide, self.mix):
            y = F.relu(wide(x))
            if dropout:
                y = F.dropout1d(y, dropout)
            x = x + mix(y)
        return self.head(F.relu(x))

    def layers(self):
        rows = [(f"{kind}.{i}", c) for kind, row in (("wide", self.wide), ("mix", self.mix)) for i, c in enumerate(row)]
        return [("stem", self.stem), ("head", self.head)] + rows

    def save(self, to, mean, scale):
        tensors = {"input.mean": torch.from_numpy(mean), "input.scale": torch.from_numpy(scale)}
        for name, conv in self.layers():
            # Taps, then what comes in, then what goes out: the order in which the sums are done.
            tensors[f"{name}.weight"] = conv.weight.detach().permute(2, 1, 0).contiguous()
            tensors[f"{name}.bias"] = conv.bias.detach().contiguous()
        save_file({k: v.float().contiguous() for k, v in tensors.items()}, to)

    def load(self, file):
        """Takes over weights, and gives mean and scale of the inputs."""
        known = load_file(file)
        with torch.no_grad():
            for name, conv in self.layers():
                conv.weight.copy_(known[f"{name}.weight"].permute(2, 1, 0))
                conv.bias.copy_(known[f"{name}.bias"])
        return known["input.mean"].numpy(), known["input.scale"].numpy()
