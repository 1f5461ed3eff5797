"""Trains models/music-affect.onnx: the quadrant of a stretch of music, and so its valence and arousal.

    cargo xtask train music --cache DIR

which renders EMOPIA's clips in many ways, measures them, and calls this script with the folder of the measures and that of the models. First several
families of models are judged on songs and instruments that they have not seen; then the one that transfers best is fitted to everything.

Seeded: the same measures give the same weights on the same machine.
"""

import json
import sys
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# Songs in so many parts; each part is judged by models that know neither its songs nor the instruments that play them.
PARTS = 3
EMBEDDING = 32
EPOCHS = 14
BATCH = 256
CLIP = 4.0
# Instruments are kept apart by family. These change the colour of a sound and little else.
COLOUR = ("mel_", "mfcc_")
# The picture of the log-mel network: frames a second and bands, as `cargo xtask train music` writes it; frames of a crop.
PICTURE_BANDS = 40
CROP = 256


def read(folder):
    rows = np.load(folder / "rows.npy")
    abouts = [json.loads(line) for line in open(folder / "rows.jsonl")]
    columns = (folder / "columns.txt").read_text().split()
    abouts = [a for a in abouts if "quadrant" in a and a["quadrant"]], [a for a in abouts if not a.get("quadrant")]
    return rows, abouts, columns


class Table:
    """Rows of measures and what each is of: `owner` is the number of the rendering, `whole` marks its first row."""

    def __init__(self, rows, abouts, columns):
        counts = np.array([1 + a["passages"] for a in abouts])
        self.x = rows.astype(np.float32)
        self.abouts, self.columns = abouts, columns
        self.owner = np.repeat(np.arange(len(abouts)), counts)
        self.whole = np.zeros(len(self.owner), bool)
        self.whole[np.cumsum(counts) - counts] = True
        of = lambda key: np.array([a[key] for a in abouts])
        self.song, self.family, self.quadrant, self.take, self.clip = of("song"), of("family"), of("quadrant") - 1, of("take"), of("clip")
        self.part = np.array([zlib.crc32(s.encode()) % PARTS for s in self.song])


class Net(nn.Module):
    """From scaled measures to the logits of four quadrants: a linear way and one through an embedding."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.linear = nn.Linear(inputs, 4)
        self.first = nn.Linear(inputs, hidden) if hidden else None
        self.second = nn.Linear(hidden, EMBEDDING) if hidden else None
        self.out = nn.Linear(EMBEDDING, 4) if hidden else None

    def embedding(self, z, p=0.0):
        h = F.dropout(F.relu(self.first(z)), p, self.training)
        return torch.tanh(self.second(h))

    def forward(self, z, p=0.0):
        y = self.linear(z)
        return y if self.first is None else y + self.out(F.dropout(self.embedding(z, p), p, self.training))


class Picture(nn.Module):
    """A small convolutional network on a log-mel picture."""

    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv1d(a, b, 5, stride=2, padding=2) for a, b in ((PICTURE_BANDS, 48), (48, 48), (48, 64)))
        self.out = nn.Linear(128, 4)

    def forward(self, x):
        for conv in self.convs:
            x = F.relu(conv(x))
        return self.out(F.dropout(torch.cat([x.mean(2), x.std(2)], 1), 0.3, self.training))


def halves(logits):
    """Probabilities of the pleasant and of the excited half."""
    p = torch.softmax(logits, 1)
    return p[:, 0] + p[:, 3], p[:, 0] + p[:, 1]


def loss_of(logits, quadrant, weight):
    """Cross-entropy of the quadrants, and of each half by itself."""
    pleasant, excited = halves(logits)
    q = F.cross_entropy(logits, quadrant, reduction="none")
    v = F.binary_cross_entropy(pleasant.clamp(1e-5, 1 - 1e-5), ((quadrant == 0) | (quadrant == 3)).float(), reduction="none")
    a = F.binary_cross_entropy(excited.clamp(1e-5, 1 - 1e-5), (quadrant < 2).float(), reduction="none")
    return ((q + v + a) * weight).mean()


class Scaling:
    def __init__(self, x):
        self.middle = np.nanmedian(x, 0)
        filled = np.where(np.isnan(x), self.middle, x)
        self.mean, self.scale = filled.mean(0), filled.std(0) + 1e-4

    def __call__(self, x):
        filled = np.where(np.isnan(x), self.middle, x)
        return np.clip((filled - self.mean) / self.scale, -CLIP, CLIP).astype(np.float32)


def fit(x, quadrant, weight, hidden, seed, decay=2e-3, dropout=0.4, noise=0.3):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net(x.shape[1], hidden)
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=decay)
    x, quadrant, weight = torch.from_numpy(x), torch.from_numpy(quadrant.astype(np.int64)), torch.from_numpy(weight.astype(np.float32))
    steps = EPOCHS * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, total_steps=steps + 1, pct_start=0.2)
    for _ in range(EPOCHS):
        order = torch.from_numpy(rng.permutation(len(x)))
        for i in range(len(x) // BATCH):
            k = order[i * BATCH : (i + 1) * BATCH]
            z = x[k] + noise * torch.randn(len(k), x.shape[1])
            # A decay alone lets the linear way grow along what is common in training; this keeps it short.
            loss = loss_of(net(z, dropout), quadrant[k], weight[k]) + 2e-3 * net.linear.weight.pow(2).sum()
            best.zero_grad()
            loss.backward()
            best.step()
            schedule.step()
    return net.eval()


def logits_of(net, x):
    with torch.no_grad():
        return net(torch.from_numpy(x)).numpy()


def fit_pictures(pictures, quadrant, seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Picture()
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    for epoch in range(8):
        for group in best.param_groups:
            group["lr"] = 2e-3 * (1 - epoch / 8)
        order = rng.permutation(len(pictures))
        for i in range(len(order) // 64):
            k = order[i * 64 : (i + 1) * 64]
            x = torch.from_numpy(np.stack([crop(pictures[j], rng) for j in k]))
            loss = loss_of(net(x), torch.from_numpy(quadrant[k].astype(np.int64)), torch.ones(len(k)))
            best.zero_grad()
            loss.backward()
            best.step()
    return net.eval()


def crop(picture, rng):
    """Some seconds of a picture as a batch wants it, centred so that its level does not count."""
    start = rng.integers(0, max(1, len(picture) - CROP + 1))
    x = picture[start : start + CROP]
    x = np.pad(x, ((0, CROP - len(x)), (0, 0)), mode="wrap") if len(x) < CROP else x
    return (x - x.mean()).T.astype(np.float32)


def judged(table, columns, hidden, weight, seeds=1):
    """Logits of every row by models that know neither its song nor its family of instruments."""
    x = table.x[:, columns]
    logits = np.zeros((len(x), 4), np.float32)
    for family in sorted(set(table.family)):
        for part in range(PARTS):
            test = (table.family == family) & (table.part == part)
            train = (table.family != family) & (table.part != part)
            rows, held = train[table.owner], test[table.owner]
            scaling = Scaling(x[rows])
            for seed in range(seeds):
                net = fit(scaling(x[rows]), table.quadrant[table.owner][rows], weight[rows], hidden, seed)
                logits[held] += logits_of(net, scaling(x[held])) / seeds
    return logits


def scores(logits, quadrant):
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    pleasant, excited = p[:, 0] + p[:, 3], p[:, 0] + p[:, 1]
    v, a = np.isin(quadrant, (0, 3)), quadrant < 2
    return {
        "arousal": float(((excited > 0.5) == a).mean()),
        "valence": float(((pleasant > 0.5) == v).mean()),
        "quadrants": float((p.argmax(1) == quadrant).mean()),
    }


def row_weights(table):
    """Each rendering counts once: half for the whole, half for its passages; so that long ones do not count more."""
    counts = np.bincount(table.owner) - 1
    return np.where(table.whole, 3.0, 3.0 / np.maximum(counts[table.owner], 1)).astype(np.float32)


def calibrated(logits, quadrant, weight, seconds):
    """Temperature exp(a + b log(s / 25)) of logits by the length of what they were told of, by likelihood."""
    at = torch.log(torch.from_numpy(np.maximum(seconds, 1.0).astype(np.float32)) / 25.0)
    ab = torch.zeros(2, requires_grad=True)
    best = torch.optim.LBFGS([ab], max_iter=60)
    logits, quadrant, weight = torch.from_numpy(logits), torch.from_numpy(quadrant.astype(np.int64)), torch.from_numpy(weight)

    def closure():
        best.zero_grad()
        loss = loss_of(logits / torch.exp(ab[0] + ab[1] * at)[:, None], quadrant, weight)
        loss.backward()
        return loss

    best.step(closure)
    return ab.detach().numpy()


def temperature(ab, seconds):
    return np.exp(ab[0] + ab[1] * np.log(np.maximum(seconds, 1.0) / 25.0))[:, None]


def softmax(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def places(p):
    """Valence and arousal of quadrant probabilities, and the spread that a half-plane leaves open.

    A label says which half, not where in it: there all places are as likely. So the place is expected half way to the edge, and its variance is that of such a
    place: 1/3 less the square of what is expected.
    """
    at = np.stack([p[:, 0] + p[:, 3] - 0.5, p[:, 0] + p[:, 1] - 0.5], 1)
    return at, np.sqrt(1 / 3 - at**2)


def disagreement(table, at, embedding):
    """What the embedding tells of how far takes of one clip lie apart: weights of a softplus, by regression on squared distances from the clip's mean."""
    whole = table.whole
    clips = {c: i for i, c in enumerate(sorted(set(table.clip)))}
    of = np.array([clips[c] for c in table.clip])
    n = np.bincount(of)
    mean = np.stack([np.bincount(of, at[whole][:, k]) / n for k in (0, 1)], 1)
    apart = (at[whole] - mean[of]) ** 2 * (n / np.maximum(n - 1, 1))[of][:, None]
    x = np.hstack([embedding[whole], np.ones((whole.sum(), 1))])
    ridge = np.linalg.solve(x.T @ x + 30 * np.eye(x.shape[1]), x.T @ apart)
    return ridge.astype(np.float32), float(apart.mean())


def main():
    folder, models = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(1)
    rows, (music, other), columns = read(folder)
    table = Table(rows[: sum(1 + a["passages"] for a in music)], music, columns)
    print(len(table.abouts), "renderings,", len(table.owner), "rows,", len(columns), "measures", flush=True)
    weight = row_weights(table)
    seconds = table.x[:, columns.index("sounding_s")]
    used = [i for i, c in enumerate(columns) if c != "sounding_s"]
    named = [i for i in used if not columns[i].startswith(COLOUR)]
    quadrant = table.quadrant[table.owner]
    w = table.whole
    judgements = {}
    for name, which, hidden in FAMILIES(named, used):
        logits = judged(table, which, hidden, weight)
        judgements[name] = logits
        print(name, "whole", scores(logits[w], quadrant[w]), "5 s", scores(logits[~w], quadrant[~w]), "piano", scores(logits[w][table.take == 0], table.quadrant[table.take == 0]), flush=True)
    chosen = judgements["MLP, all"]
    ab = calibrated(chosen, quadrant, weight, seconds)
    export(folder, models, table, columns, named, used, weight, seconds, chosen, ab, other, rows)


def FAMILIES(named, used):
    return ("linear, named", named, 0), ("linear, all", used, 0), ("MLP, named", named, 64), ("MLP, all", used, 64)


def export(folder, models, table, columns, named, used, weight, seconds, logits, ab, other, rows):
    """Fits the chosen family to everything and writes it."""
    from card import write_model
    from onnx import TensorProto, helper, numpy_helper

    quadrant = table.quadrant[table.owner]
    x = table.x[:, used]
    scaling = Scaling(x)
    net = fit(scaling(x), quadrant, weight, 64, 1)
    with torch.no_grad():
        embedding = net.embedding(torch.from_numpy(scaling(x))).numpy()
    p = softmax(logits / temperature(ab, seconds))
    at, _ = places(p)
    apart, mean_apart = disagreement(table, at, embedding)
    print("calibration", ab, "takes lie apart by", mean_apart**0.5)

    f32 = lambda name, v: numpy_helper.from_array(np.asarray(v, np.float32), name)
    i64 = lambda name, v: numpy_helper.from_array(np.asarray(v, np.int64), name)
    nodes, consts = [], []
    node = lambda kind, ins, out, **k: (nodes.append(helper.make_node(kind, ins, [out], **k)), out)[1]

    def const(name, v):
        consts.append(f32(name, v))
        return name

    names = ["sounding_s"] + [columns[i] for i in used]
    consts += [i64("one", [1]), i64("zero_at", [0]), i64("rest", [len(names)])]
    present = node("Equal", ["measures", "measures"], "present")
    middle = np.concatenate([[20.0], scaling.middle])[None]
    filled = node("Where", [present, "measures", const("middle", middle)], "filled")
    length = node("Slice", [filled, "zero_at", "one", "one"], "length")
    said = node("Slice", [filled, "one", "rest", "one"], "said")
    centred = node("Mul", [node("Sub", [said, const("mean", scaling.mean[None])], "less_mean"), const("by", 1 / scaling.scale[None])], "centred")
    z = node("Clip", [centred, const("least", -CLIP), const("most", CLIP)], "z")

    def linear(v, layer, name):
        return node("Add", [node("MatMul", [v, const(name + "_w", layer.weight.detach().numpy().T.copy())], name + "_m"), const(name + "_b", layer.bias.detach().numpy()[None])], name)

    h = node("Relu", [linear(z, net.first, "first")], "active")
    e = node("Tanh", [linear(h, net.second, "second")], "embedding")
    raw = node("Add", [linear(z, net.linear, "straight"), linear(e, net.out, "bent")], "raw")
    seconds_of = node("Clip", [length, const("shortest", 1.0), const("longest", 1e5)], "seconds")
    log = node("Log", [node("Mul", [seconds_of, const("per", 1 / 25.0)], "relative")], "log")
    heat = node("Exp", [node("Add", [node("Mul", [log, const("b", ab[1])], "b_log"), const("a", ab[0])], "exponent")], "heat")
    q = node("Softmax", [node("Div", [raw, heat], "logits")], "quadrants", axis=1)
    half = np.array([[1, 1], [0, 1], [0, 0], [1, 0]], np.float32)
    at = node("Add", [node("MatMul", [q, const("halves", half)], "halved"), const("minus_half", [[-0.5, -0.5]])], "affect")
    open_ = node("Sub", [const("third", [[1 / 3]]), node("Mul", [at, at], "squared")], "left_open")
    more = node("Relu", [node("Add", [node("MatMul", [e, const("apart_w", apart[:-1])], "apart_m"), const("apart_b", apart[-1:])], "apart_sum")], "apart")
    node("Sqrt", [node("Add", [open_, more], "variance")], "spread")
    music = ood(table, used, scaling, other, rows)
    if music:
        node("Sigmoid", [node("Add", [node("MatMul", [z, const("music_w", music[0])], "music_m"), const("music_b", music[1])], "music_sum")], "music")
    inputs = [helper.make_tensor_value_info("measures", TensorProto.FLOAT, ["rows", len(names)])]
    widths = [("affect", 2), ("spread", 2), ("quadrants", 4), ("embedding", EMBEDDING)] + [("music", 1)] * bool(music)
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["rows", k]) for n, k in widths]
    graph = helper.make_graph(nodes, "music-affect", inputs, outputs, consts)
    axes = ["valence", "arousal"]
    card = {
        "name": "music-affect",
        "summary": "Valence and arousal of a stretch of music, from the probabilities of the four quadrants of the plane.",
        "inputs": [{"name": "measures", "element": "f32", "shape": ["rows", len(names)], "unit": "measures of `analysis::passages`, a stretch a row, each in the unit that its name ends in; NaN for what could not be measured", "columns": names}],
        "outputs": [
            {"name": "affect", "element": "f32", "shape": ["rows", 2], "unit": "expected place on the plane, -0.5 to 0.5: a quadrant's label tells a half, and the middle of a half is expected", "columns": axes},
            {"name": "spread", "element": "f32", "shape": ["rows", 2], "unit": "standard deviation of the place", "columns": axes},
            {"name": "quadrants", "element": "f32", "shape": ["rows", 4], "unit": "probabilities of the quadrants, anticlockwise from pleasant and excited", "columns": ["Q1", "Q2", "Q3", "Q4"]},
            {"name": "embedding", "element": "f32", "shape": ["rows", EMBEDDING], "unit": "what the model makes of the measures, -1 to 1"},
        ] + [{"name": "music", "element": "f32", "shape": ["rows", 1], "unit": "probability that it is music"}] * bool(music),
        "data": [
            {"name": "EMOPIA 1.0", "licence": "CC BY 4.0 (Zenodo record 5090631; the authors' mirror says CC BY-NC-SA)", "attribution": "Hung, Ching, Doh, Kim, Nam & Yang, ISMIR 2021, annaphuongcl/EMOPIA", "use": "1,078 piano clips as MIDI with the quadrant that listeners agreed on; rendered with General MIDI instruments and the project's own"},
        ],
        "metrics": {},
        "limits": [
            "Its listeners sorted piano pieces into quadrants; it has heard renderings of those alone.",
            "Valence is hard: about three verdicts in ten are wrong.",
        ] + ["It was not taught to tell what is no music."] * (not music),
    }
    rng = np.random.default_rng(3)
    pick = rng.choice(len(table.x), 8, replace=False)
    raws = np.concatenate([seconds[:, None], x], 1).astype(np.float32)
    holes = raws[pick].copy()
    holes[rng.random(holes.shape) < 0.2] = np.nan
    write_model(graph, card, models / "music-affect.onnx", [{"measures": raws[pick]}, {"measures": holes}, {"measures": 100 * rng.standard_normal((3, raws.shape[1])).astype(np.float32)}])


def ood(table, used, scaling, other, rows):
    """Weights of a logistic model that tells music from what is none; None without examples of that."""
    if not other:
        return None
    from sklearn.linear_model import LogisticRegression

    strange = rows[len(table.x) :][:, used]
    x = np.concatenate([scaling(table.x[:, used]), scaling(strange)])
    y = np.concatenate([np.ones(len(table.x)), np.zeros(len(strange))])
    model = LogisticRegression(C=0.01, max_iter=400, class_weight="balanced").fit(x, y)
    return model.coef_.T.astype(np.float32), model.intercept_[None].astype(np.float32)


if __name__ == "__main__":
    main()
