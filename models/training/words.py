"""Trains models/text-affect.onnx: valence, arousal and eight emotions of a sentence.

    cargo xtask train words --cache DIR

which writes DIR/words/rows.jsonl (n-grams as the program hashes them) and calls this script with that folder and the folder of the models.

The model has two ways from the same table of n-grams. One is linear: the weights of a sentence's n-grams, each once, over the length of their
tf-idf vector; so few ratings (EmoBank) go far. The other pools what is said and what is denied apart, and goes through a small network that also
learns emotions (GoEmotions). Valence and arousal are a blend of both and of the emotions, fitted on what neither was trained on.

Seeded: the same rows give the same weights on the same machine.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import normalize
from torch import nn

from card import write_model

BUCKETS = 1 << 16
DIM = 32
HIDDEN = 64
EPOCHS = 8
BATCH = 64
# EmoBank is this many times as often in an epoch as it is large, and its n-grams are left out at this rate.
REPEATS = 3
WORD_DROPOUT = 0.5
DROPOUT = 0.5
RIDGE = 1.5
RIDGE_OF_EMOTIONS = 2.0
EMOTIONS = ["joy", "sadness", "fear", "surprise", "anger", "disgust", "shame", "neutral"]
# GoEmotions' 28 classes, in its order (labels.txt), as ours. Disapproval is anger's mild form in their own grouping by sentiment and Ekman's emotions;
# embarrassment and remorse are shame's.
with open(Path(__file__).with_name("goemotions.csv")) as table:
    TO = [EMOTIONS.index(row["emotion"]) for row in csv.DictReader(table)]


class Pooled(nn.Module):
    """Two bags of n-grams to valence, arousal, eight emotions and, as a help in training, 28."""

    def __init__(self):
        super().__init__()
        self.table = nn.EmbeddingBag(BUCKETS, DIM, mode="sum", padding_idx=0)
        nn.init.normal_(self.table.weight, 0, 0.1)
        with torch.no_grad():
            self.table.weight[0] = 0
        self.hidden = nn.Linear(2 * DIM, HIDDEN)
        self.affect = nn.Linear(HIDDEN, 2)
        self.eight = nn.Linear(HIDDEN, 8)
        self.classes = nn.Linear(HIDDEN, 28)

    def forward(self, bags, p=0.0):
        pooled = []
        for ids, offsets in bags:
            count = torch.diff(torch.cat([offsets, torch.tensor([len(ids)])])).float()
            pooled.append(self.table(ids, offsets) / (count + 4).sqrt()[:, None])
        x = nn.functional.dropout(torch.cat(pooled, 1), p, self.training)
        h = nn.functional.dropout(torch.relu(self.hidden(x)), p, self.training)
        return self.affect(h), self.eight(h), self.classes(h)


def bags(rows, rng=None, drop=0.0):
    out = []
    for kind in ("affirmed", "denied"):
        lists = [r[kind] for r in rows]
        if drop:
            lists = [x[rng.random(len(x)) > drop] for x in lists]
        offsets = np.cumsum([0] + [len(x) for x in lists[:-1]])
        out.append((torch.from_numpy(np.concatenate(lists).astype(np.int64)), torch.from_numpy(offsets)))
    return out


def presence(rows):
    """Which n-grams a sentence has, said or denied."""
    ids = [np.unique(np.concatenate([r["affirmed"], r["denied"]])) for r in rows]
    ptr = np.cumsum([0] + [len(x) for x in ids])
    flat = np.concatenate(ids).astype(np.int64)
    return sp.csr_matrix((np.ones(len(flat), np.float32), flat, ptr), shape=(len(rows), BUCKETS))


def f1(y, p):
    hit = (y * p).sum(0)
    return 2 * hit / np.maximum(y.sum(0) + p.sum(0), 1)


def thresholds(y, p):
    """For each emotion the probability from which on it is said, by F1."""
    steps = np.arange(0.05, 0.9, 0.025)
    return np.array([steps[np.argmax([f1(y[:, [k]], (p[:, [k]] > t) * 1.0)[0] for t in steps])] for k in range(8)])


def correlation(a, b):
    return [float(np.corrcoef(a[:, k], b[:, k])[0, 1]) for k in (0, 1)]


def fit_linear(rated, named):
    """Ratings from n-grams, and from how n-grams tell emotions, which GoEmotions teaches: idf, and weights and intercepts of the two axes."""
    x, x_named = presence(rated), presence(named)
    truth = np.array([r["affect"] for r in rated], np.float32)
    count = np.asarray(x.sum(0) + x_named.sum(0))[0]
    idf = np.log((1 + len(rated) + len(named)) / (1 + count)) + 1
    idf[0] = 0
    scaled = normalize(x @ sp.diags(idf))
    ridge = Ridge(alpha=RIDGE)
    told = cross_val_predict(ridge, scaled, truth, cv=8)
    ridge.fit(scaled, truth)
    emotions = Ridge(alpha=RIDGE_OF_EMOTIONS, solver="lsqr", tol=1e-3)
    emotions.fit(normalize(x_named @ sp.diags(idf)), np.stack([r["y28"] for r in named]))
    both = np.hstack([told, emotions.predict(scaled)])
    scale = both.std(0)
    stack = Ridge(alpha=1).fit(both / scale, truth)
    # A sum of linear models of the same n-grams is one of them.
    parts = stack.coef_ / scale
    weights = parts[:, :2] @ ridge.coef_ + parts[:, 2:] @ emotions.coef_
    intercept = stack.intercept_ + parts[:, :2] @ ridge.intercept_ + parts[:, 2:] @ emotions.intercept_
    return idf, weights, intercept


def linear_of(fitted, rows):
    idf, weights, intercept = fitted
    return normalize(presence(rows) @ sp.diags(idf)) @ weights.T + intercept


def heads(net, rows):
    net.eval()
    with torch.no_grad():
        parts = [net(bags(rows[i : i + 512])) for i in range(0, len(rows), 512)]
    net.train()
    return [torch.cat([p[k] for p in parts]).numpy() for k in range(3)]


def fit_pooled(rated, named, watch=None):
    """The network, and the middle and scale of the ratings that it learned."""
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    net = Pooled()
    rest = [p for n, p in net.named_parameters() if not n.startswith("table")]
    best = torch.optim.Adam([{"params": net.table.parameters(), "lr": 3e-3}, {"params": rest, "lr": 2e-3, "weight_decay": 1e-4}])
    truth = np.array([r["affect"] for r in rated], np.float32)
    mean, scale = truth.mean(0), truth.std(0)
    share = np.mean([r["y8"] for r in named], 0)
    weight = torch.tensor(np.minimum((1 - share) / share, 10) ** 0.5, dtype=torch.float32)
    bce = nn.functional.binary_cross_entropy_with_logits
    for epoch in range(EPOCHS):
        for group, lr in zip(best.param_groups, (3e-3, 2e-3)):
            group["lr"] = lr * (1 - epoch / EPOCHS)
        a = rng.permutation(len(named))
        b = np.concatenate([rng.permutation(len(rated)) for _ in range(REPEATS)])
        steps = len(a) // BATCH
        each = len(b) // steps
        for k in range(steps):
            with_names = [named[i] for i in a[k * BATCH : (k + 1) * BATCH]]
            with_ratings = [rated[i] for i in b[k * each : (k + 1) * each]]
            affect, eight, classes = net(bags(with_names + with_ratings, rng, WORD_DROPOUT), DROPOUT)
            n = len(with_names)
            wanted = torch.tensor((np.array([r["affect"] for r in with_ratings]) - mean) / scale, dtype=torch.float32)
            loss = (
                bce(eight[:n], torch.from_numpy(np.stack([r["y8"] for r in with_names])), pos_weight=weight)
                + 1.5 * bce(classes[:n], torch.from_numpy(np.stack([r["y28"] for r in with_names])))
                + 0.4 * ((affect[n:] - wanted) ** 2).mean()
            )
            best.zero_grad()
            loss.backward()
            best.step()
        if watch:
            print(epoch, "held out", correlation(heads(net, watch)[0], np.array([r["affect"] for r in watch])), flush=True)
    return net, mean, scale


def main():
    measured, models = Path(sys.argv[1]), Path(sys.argv[2])
    torch.set_num_threads(2)
    rows = [json.loads(line) for line in open(measured / "rows.jsonl")]
    for r in rows:
        r["affirmed"], r["denied"] = (np.array(r[k], np.int64) for k in ("affirmed", "denied"))
        if r["labels"] is not None:
            r["y28"] = np.zeros(28, np.float32)
            r["y28"][r["labels"]] = 1
            r["y8"] = np.zeros(8, np.float32)
            r["y8"][[TO[x] for x in r["labels"]]] = 1
    rated = {s: [r for r in rows if r["affect"] and r["split"] == s] for s in ("train", "dev", "test")}
    named = {s: [r for r in rows if r["labels"] is not None and r["split"] == s] for s in ("train", "dev", "test")}
    truth = {s: np.array([r["affect"] for r in rated[s]], np.float32) for s in rated}
    labels = {s: np.stack([r["y8"] for r in named[s]]) for s in named}

    # How much each way counts, what it leaves open and from which probability on an emotion is said is fitted on what neither was trained on.
    linear = fit_linear(rated["train"], named["train"])
    net, mean, scale = fit_pooled(rated["train"], named["train"], rated["dev"])
    from_linear, from_pooled = linear_of(linear, rated["dev"]), heads(net, rated["dev"])[0] * scale + mean
    share_of = np.zeros((2, 2))
    for k in (0, 1):
        ways = np.stack([from_linear[:, k] - mean[k], from_pooled[:, k] - mean[k]], 1)
        share_of[k] = Ridge(alpha=0.3, fit_intercept=False).fit(ways, truth["dev"][:, k] - mean[k]).coef_

    def blend(linear, pooled, mean):
        return np.stack([mean[k] + share_of[k] @ np.stack([linear[:, k] - mean[k], pooled[:, k] - mean[k]]) for k in (0, 1)], 1)

    dev = blend(from_linear, from_pooled, mean)
    print("held out: linear", correlation(from_linear, truth["dev"]), "pooled", correlation(from_pooled, truth["dev"]), "blend", correlation(dev, truth["dev"]))
    deviation = (truth["dev"] - dev).std(0)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    limit = thresholds(labels["dev"], sigmoid(heads(net, named["dev"])[1]))

    # What ships has learned from these, too; only the test was never seen.
    known, known_named = rated["train"] + rated["dev"], named["train"] + named["dev"]
    idf, weights, intercept = fit_linear(known, known_named)
    net, mean, scale = fit_pooled(known, known_named)
    final = blend(linear_of((idf, weights, intercept), rated["test"]), heads(net, rated["test"])[0] * scale + mean, mean)
    print("test", correlation(final, truth["test"]))
    each_f1 = f1(labels["test"], (sigmoid(heads(net, named["test"])[1]) > limit) * 1.0)
    print("F1", dict(zip(EMOTIONS, each_f1.round(3).tolist())), each_f1.mean())

    # Everything as one graph: the blend is one matrix on both ways.
    mixing = np.zeros((4, 2), np.float32)
    shift = np.zeros(2, np.float32)
    for k in (0, 1):
        mixing[k, k] = share_of[k][0]
        mixing[2 + k, k] = share_of[k][1] * scale[k]
        shift[k] = mean[k] * (1 - share_of[k][0])
    table = np.zeros((BUCKETS, DIM + 4), np.float32)
    table[:, :DIM] = net.table.weight.detach().numpy()
    table[:, DIM : DIM + 2] = (weights * idf).T
    table[:, DIM + 2] = idf**2
    table[1:, DIM + 3] = 1
    write(models, net, table, intercept, mixing, shift, deviation, limit, {
        "emobank_test_valence_r": correlation(final, truth["test"])[0],
        "emobank_test_arousal_r": correlation(final, truth["test"])[1],
        "goemotions_test_eight_macro_f1": float(each_f1.mean()),
    })


def write(models, net, table, intercept, mixing, shift, deviation, limit, metrics):
    from onnx import TensorProto, helper, numpy_helper

    f32 = lambda name, x: numpy_helper.from_array(np.asarray(x, np.float32), name)
    i64 = lambda name, x: numpy_helper.from_array(np.asarray(x, np.int64), name)
    nodes, consts = [], [numpy_helper.from_array(table.astype(np.float16), "table"), i64("first", [0])]
    node = lambda kind, ins, out, **k: nodes.append(helper.make_node(kind, ins, [out], **k))
    for bag in ("affirmed", "denied", "present"):
        node("Gather", ["table", bag], bag + "_rows", axis=0)
        node("Cast", [bag + "_rows"], bag + "_floats", to=TensorProto.FLOAT)
        node("ReduceSum", [bag + "_floats", "first"], bag + "_sum", keepdims=1)
    consts += [i64("last", [1]), f32("four", [[4.0]]), f32("tiny", [[1e-6]])]
    for k, at in enumerate((0, DIM, DIM + 2, DIM + 3, DIM + 4)):
        consts.append(i64(f"d{k}", [at]))
    for bag in ("affirmed", "denied"):
        node("Slice", [bag + "_sum", "d0", "d1", "last"], bag + "_vector")
        node("Slice", [bag + "_sum", "d3", "d4", "last"], bag + "_count")
        node("Add", [bag + "_count", "four"], bag + "_more")
        node("Sqrt", [bag + "_more"], bag + "_root")
        node("Div", [bag + "_vector", bag + "_root"], bag + "_pooled")
    node("Concat", ["affirmed_pooled", "denied_pooled"], "pooled", axis=1)
    for name, layer in (("hidden", net.hidden), ("affect", net.affect), ("eight", net.eight)):
        consts += [f32(name + "_w", layer.weight.detach().numpy().T.copy()), f32(name + "_b", layer.bias.detach().numpy()[None])]
    linear = lambda x, name, out: (node("MatMul", [x, name + "_w"], out + "_m"), node("Add", [out + "_m", name + "_b"], out))
    linear("pooled", "hidden", "h")
    node("Relu", ["h"], "active")
    for name in ("affect", "eight"):
        linear("active", name, name + "_out")
    node("Slice", ["present_sum", "d1", "d2", "last"], "weights")
    node("Slice", ["present_sum", "d2", "d3", "last"], "squares")
    node("Add", ["squares", "tiny"], "some")
    node("Sqrt", ["some"], "length")
    node("Div", ["weights", "length"], "score")
    consts += [f32("intercept", intercept[None]), f32("mixing_w", mixing), f32("mixing_b", shift[None])]
    node("Add", ["score", "intercept"], "linear")
    node("Concat", ["linear", "affect_out"], "all", axis=1)
    linear("all", "mixing", "affect_raw")
    consts += [f32("least", -1.0), f32("most", 1.0), f32("deviation", deviation[None]), f32("zero", [[0.0]])]
    node("Clip", ["affect_raw", "least", "most"], "affect")
    node("Sigmoid", ["eight_out"], "emotions")
    node("Mul", ["score", "zero"], "none")
    node("Add", ["none", "deviation"], "spread")
    inputs = [helper.make_tensor_value_info(b, TensorProto.INT64, [b + "_count_of"]) for b in ("affirmed", "denied", "present")]
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, k]) for n, k in (("affect", 2), ("spread", 2), ("emotions", 8))]
    graph = helper.make_graph(nodes, "text-affect", inputs, outputs, consts)
    bag = "buckets of n-grams as `mood::words::ngrams` hashes them; 0 stands for none and may be added at will"
    card = {
        "name": "text-affect",
        "summary": "Valence, arousal and the probabilities of eight emotions of an English sentence.",
        "inputs": [
            {"name": "affirmed", "element": "i64", "shape": ["affirmed"], "unit": bag + "; what is said, each as often as it occurs"},
            {"name": "denied", "element": "i64", "shape": ["denied"], "unit": bag + "; what is denied"},
            {"name": "present", "element": "i64", "shape": ["present"], "unit": bag + "; what occurs at all, each once"},
        ],
        "outputs": [
            {"name": "affect", "element": "f32", "shape": [1, 2], "unit": "place on the plane, -1 to 1", "columns": ["valence", "arousal"]},
            {"name": "spread", "element": "f32", "shape": [1, 2], "unit": "standard deviation of what ratings leave open", "columns": ["valence", "arousal"]},
            {"name": "emotions", "element": "f32", "shape": [1, 8], "unit": "probability of each by itself, 0 to 1", "columns": EMOTIONS},
        ],
        "data": [
            {"name": "EmoBank", "licence": "CC BY-SA 4.0", "attribution": "Buechel & Hahn, EACL 2017, github.com/JULIELab/EmoBank", "use": "9,062 sentences: valence and arousal (the blend was fitted on 1,000 of them, left out); 1,000 to test"},
            {"name": "GoEmotions", "licence": "Apache-2.0", "attribution": "Demszky et al., ACL 2020, github.com/google-research/google-research/tree/master/goemotions", "use": "48,836 comments: emotions (thresholds were fitted on 5,426 of them, left out); 5,427 to test"},
        ],
        "metrics": metrics | {f"threshold_{e}": float(t) for e, t in zip(EMOTIONS, limit)},
        "limits": [
            "English only.",
            "Ratings of single sentences lie close to the middle; so do these values.",
            "Comments from the web have taught it emotions: irony and old or literary English are read badly.",
        ],
    }
    write_model(graph, card, models / "text-affect.onnx", examples(table))


def examples(table):
    rng = np.random.default_rng(5)
    cases = []
    for n, m in ((1, 1), (40, 1), (200, 60), (600, 300)):
        a, d = rng.integers(1, BUCKETS, n), rng.integers(1, BUCKETS, m) if m > 1 else np.zeros(1, np.int64)
        cases.append({"affirmed": a, "denied": d, "present": np.unique(np.concatenate([a, d]))})
    return cases


if __name__ == "__main__":
    main()
