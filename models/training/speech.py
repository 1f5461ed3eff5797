"""Trains models/speech-affect.onnx: how a voice sounds, whatever it says.

    cargo xtask train speech --cache DIR

which follows EMO-DB's utterances in many surroundings as the program follows a voice, and calls this script with the folder of the measures and that of the
models. Each row tells a moment and what was usual of the voice before it; the model sees how far the one lies from the other, where little was heard yet from what is
usual of people. Everything is judged on speakers that were left out, one after the other; the models of these folds are kept in models/folds, for evaluations
that use EMO-DB's voices. What ships has heard all ten.

Seeded: the same measures give the same weights on the same machine.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from scaling import CLIP, Scaling, auc, calibration_error, confusion, softmax

# EMO-DB's letters in the order of the program's `Emotion::OF_SPEECH`, with what each is called there.
LETTERS = "NFTWAEL"
EMOTIONS = ["neutral", "happiness", "sadness", "anger", "fear", "disgust", "boredom"]
# Places of these emotions on the plane: `Emotion::at` of the program (Russell & Mehrabian 1977, table 4); neutral in the middle.
PLACES = np.array([[0, 0], [0.81, 0.51], [-0.63, -0.27], [-0.51, 0.59], [-0.64, 0.60], [-0.60, 0.35], [-0.65, -0.62]], np.float32)
# How far a voice that was given one name may lie from that name's place, as a standard deviation: people's ratings of one word differ by 0.2 to 0.4 (ibid.).
WITHIN = 0.3
HIGH, LOW = "WAF", "TLN"
# After so many seconds of a voice its own way counts as much as that of people: 5 to 6 utterances (2, 5 and 10 were about as good on speakers left out).
TRUST_S = 12.0
# The program's figure is for a voice of which so many utterances were heard, about a minute.
KNOWN = 20
HIDDEN = 96
SEEDS = 3
# An epoch is so many rows, drawn by their weights.
EPOCH = 16384
EPOCHS = 12
BATCH = 256
# A row in the middle of an utterance counts this much beside its last one, which has heard all of it.
INNER = 0.35


class Table:
    """Rows of measures: `owner` is the number of the version of an utterance that each is of; `last` marks those that have heard all of it."""

    def __init__(self, folder):
        abouts = [json.loads(line) for line in open(folder / "rows.jsonl")]
        self.columns = (folder / "columns.txt").read_text().split()
        self.x = np.load(folder / "rows.npy").astype(np.float32)
        counts = np.array([len(a["times_s"]) for a in abouts])
        self.owner = np.repeat(np.arange(len(abouts)), counts)
        self.last = np.zeros(len(self.owner), bool)
        self.last[np.cumsum(counts)[counts > 0] - 1] = True
        of = lambda key: np.array([a[key] for a in abouts])
        self.name, self.speaker, self.text, self.take, self.before = of("name"), of("speaker"), of("text"), of("take"), of("before")
        self.emotion = np.array([LETTERS.index(a["emotion"]) for a in abouts])
        # Each version of an utterance counts once, and each emotion as much as the others.
        share = np.bincount(self.emotion, minlength=7) / len(abouts)
        weight = np.where(self.last, 1.0, INNER / np.maximum(counts[self.owner] - 1, 1))
        self.weight = (weight / share[self.emotion[self.owner]] / 7).astype(np.float32)


class Against:
    """How far measures lie from what is usual of the voice; where little of it was heard, from what is usual of people."""

    def __init__(self, x):
        n = (x.shape[1] - 1) // 3
        self.n, plain = n, Scaling(x[:, :n])
        self.middle, self.mean, self.scale = plain.middle, plain.mean, plain.scale

    def __call__(self, x):
        n = self.n
        now, mean, deviation, heard = x[:, :n], x[:, n : 2 * n], x[:, 2 * n : 3 * n], x[:, 3 * n :]
        # What was never heard has no weight.
        known = ~np.isnan(mean)
        share = np.where(known, heard / (heard + TRUST_S), 0.0)
        mean = self.mean + share * (np.where(known, mean, 0) - self.mean)
        variance = self.scale**2 + share * (np.where(np.isnan(deviation), self.scale, deviation) ** 2 - self.scale**2)
        z = (now - mean) / np.sqrt(variance + 1e-8)
        return np.clip(np.where(np.isnan(now), 0.0, z), -CLIP, CLIP).astype(np.float32)


class Net(nn.Module):
    """From scaled measures to the logits of seven emotions: a linear way and one through a hidden layer."""

    def __init__(self, inputs):
        super().__init__()
        self.linear = nn.Linear(inputs, 7)
        self.first = nn.Linear(inputs, HIDDEN)
        self.second = nn.Linear(HIDDEN, 7)

    def forward(self, z, p=0.0):
        z = F.dropout(z, p / 2, self.training)
        return self.linear(z) + self.second(F.dropout(F.relu(self.first(z)), p, self.training))


def fit(z, emotion, weight, seed, dropout=0.5, noise=0.3, decay=1e-2, smooth=0.1):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net(z.shape[1])
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=decay)
    z, emotion, weight = torch.from_numpy(z), torch.from_numpy(emotion.astype(np.int64)), torch.from_numpy(weight)
    steps = EPOCHS * (EPOCH // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, 3e-3, total_steps=steps + 1, pct_start=0.2)
    chance = weight.numpy().astype(np.float64) / weight.numpy().astype(np.float64).sum()
    for _ in range(EPOCHS):
        order = torch.from_numpy(rng.choice(len(z), EPOCH, p=chance))
        for i in range(EPOCH // BATCH):
            k = order[i * BATCH : (i + 1) * BATCH]
            x = z[k] + noise * torch.randn(len(k), z.shape[1])
            loss = F.cross_entropy(net(x, dropout), emotion[k], label_smoothing=smooth) + 1e-3 * net.linear.weight.pow(2).sum()
            best.zero_grad()
            loss.backward()
            best.step()
            schedule.step()
    return net.eval()


def logits_of(nets, z):
    with torch.no_grad():
        return sum(net(torch.from_numpy(z)).numpy() for net in nets) / len(nets)


def recall(truth, said):
    return float(np.mean([(said[truth == k] == k).mean() for k in np.unique(truth)]))


def arousal_of(p):
    return p @ PLACES[:, 1]


def scores(table, p, rows):
    """Of some rows, each an utterance: unweighted recall, accuracy, and high against low arousal."""
    truth = table.emotion[table.owner[rows]]
    letters = np.array(list(LETTERS))[truth]
    is_high, is_low = np.isin(letters, list(HIGH)), np.isin(letters, list(LOW))
    one = is_high | is_low
    return {"uar": recall(truth, p[rows].argmax(1)), "accuracy": float((p[rows].argmax(1) == truth).mean()), "arousal_auc": auc(arousal_of(p[rows])[one], is_high[one])}


def judged(table, fit_one):
    """Logits of every row by a model that does not know its speaker."""
    logits = np.zeros((len(table.x), 7), np.float32)
    models = {}
    for speaker in np.unique(table.speaker):
        held = (table.speaker == speaker)[table.owner]
        models[speaker] = fit_one(~held)
        logits[held] = models[speaker](held)
    return logits, models


def networks(table):
    def fit_one(known):
        scaling = Against(table.x[known])
        z = scaling(table.x[known])
        nets = [fit(z, table.emotion[table.owner[known]], table.weight[known], seed) for seed in range(SEEDS)]
        predict = lambda rows: logits_of(nets, scaling(table.x[rows]))
        predict.scaling, predict.nets = scaling, nets
        return predict

    return fit_one


def linear(table, c=0.003):
    from sklearn.linear_model import LogisticRegression

    def fit_one(known):
        scaling = Against(table.x[known])
        model = LogisticRegression(C=c, max_iter=300).fit(scaling(table.x[known]), table.emotion[table.owner[known]], table.weight[known])
        return lambda rows: model.decision_function(scaling(table.x[rows]))

    return fit_one


def machine(table, c=3.0):
    """Support vectors on the last row of each version."""
    from sklearn.svm import SVC

    def fit_one(known):
        known = known & table.last
        scaling = Against(table.x[known])
        model = SVC(C=c, gamma=0.5 / table.x.shape[1], class_weight="balanced", decision_function_shape="ovr").fit(scaling(table.x[known]), table.emotion[table.owner[known]])

        def predict(rows):
            out = np.zeros((rows.sum(), 7))
            last = table.last[rows]
            out[last] = model.decision_function(scaling(table.x[rows & table.last]))
            return out

        return predict

    return fit_one


def placed(p, more):
    """The place of probabilities of emotions, and its variance: that between their places, that within each, and `more`."""
    at = p @ PLACES
    between = p @ PLACES**2 - at**2
    return at, between + WITHIN**2 + more


def trust(table):
    """How far a voice's own way counts, by how much was heard of it."""
    heard = table.x[:, -1]
    return heard / (heard + TRUST_S)


def heat_of(logits, share, truth, weight):
    """Temperature exp(a + b share) of logits, by likelihood: what is told of a voice that was hardly heard is less sure."""
    ab = torch.zeros(2, requires_grad=True)
    best = torch.optim.LBFGS([ab], max_iter=60)
    logits, share, truth, weight = torch.from_numpy(logits), torch.from_numpy(share), torch.from_numpy(truth.astype(np.int64)), torch.from_numpy(weight)

    def closure():
        best.zero_grad()
        loss = (F.cross_entropy(logits / torch.exp(ab[0] + ab[1] * share)[:, None], truth, reduction="none") * weight).mean()
        loss.backward()
        return loss

    best.step(closure)
    return ab.detach().numpy()


def cooled(logits, ab, share):
    return softmax(logits / np.exp(ab[0] + ab[1] * share)[:, None])


def main():
    folder, models = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    torch.set_num_threads(1)
    table = Table(folder)
    take, before = table.take[table.owner], table.before[table.owner]
    views = {
        "first words": table.last & (take == 0) & (before == 0),
        "as recorded": table.last & (take == 0) & (before >= KNOWN),
        "in other surroundings": table.last & (take > 0) & (before >= KNOWN),
    }
    print(len(table.name), "utterances in sessions,", len(table.x), "rows,", (len(table.columns) - 1) // 3, "measures", flush=True)
    families, kept = {}, None
    for name, way in (("linear", linear(table)), ("support vectors", machine(table)), ("network", networks(table))):
        logits, fitted = judged(table, way)
        p = softmax(logits)
        families[name] = {view: scores(table, p, rows) for view, rows in views.items()}
        print(name, json.dumps(families[name]), flush=True)
        if name == "network":
            kept, said = fitted, logits
    truth = table.emotion[table.owner]
    # The temperature that judges a speaker is fitted on the others.
    p, share = np.zeros_like(said), trust(table)
    heats = {}
    for speaker in kept:
        held = (table.speaker == speaker)[table.owner]
        heats[speaker] = heat_of(said[~held], share[~held], truth[~held], table.weight[~held])
        p[held] = cooled(said[held], heats[speaker], share[held])
    ece = {n: calibration_error(p[rows].max(1), p[rows].argmax(1) == truth[rows]) for n, rows in views.items()}
    print("ECE", ece, heats, flush=True)
    (folder / "judged.json").write_text(json.dumps({"families": families, "ece": ece, "versions": len(set(zip(table.name, table.take))), "measures": (len(table.columns) - 1) // 3}))
    if models:
        (models / "folds").mkdir(exist_ok=True)
        for speaker, way in kept.items():
            test = views["as recorded"] & (table.speaker == speaker)[table.owner]
            metrics = {"utterances": float(test.sum()), "accuracy": float((p[test].argmax(1) == truth[test]).mean())}
            export(models / "folds" / f"speech-affect-without-{speaker}.onnx", table, way, heats[speaker], metrics, speaker)
        everything = networks(table)(np.ones(len(table.x), bool))
        best = families["network"]
        metrics = {
            "unseen_speakers_uar": best["as recorded"]["uar"],
            "unseen_speakers_arousal_auc": best["as recorded"]["arousal_auc"],
            "unseen_speakers_uar_of_first_words": best["first words"]["uar"],
            "unseen_speakers_uar_in_other_surroundings": best["in other surroundings"]["uar"],
            "calibration_error": ece["as recorded"],
        }
        export(models / "speech-affect.onnx", table, everything, heat_of(said, share, truth, table.weight), metrics, None)


def export(path, table, way, heat, metrics, without):
    """Writes a model: the mean of its networks' logits, cooled."""
    from card import write_model
    from onnx import TensorProto, helper, numpy_helper

    scaling, nets = way.scaling, way.nets
    nodes, consts = [], []
    node = lambda kind, ins, out, **k: (nodes.append(helper.make_node(kind, ins, [out], **k)), out)[1]

    def const(name, v):
        consts.append(numpy_helper.from_array(np.asarray(v, np.float32), name))
        return name

    m = scaling.n
    consts += [numpy_helper.from_array(np.array([v], np.int64), f"at_{v}") for v in (0, m, 2 * m, 3 * m, 3 * m + 1)] + [numpy_helper.from_array(np.array([1], np.int64), "axis")]
    part = lambda a, b, out: node("Slice", ["measures", f"at_{a}", f"at_{b}", "axis"], out)
    now, usual, deviation, heard = part(0, m, "now"), part(m, 2 * m, "usual"), part(2 * m, 3 * m, "deviation"), part(3 * m, 3 * m + 1, "heard")
    zero = const("zero", [[0.0]])
    heard = node("Where", [node("Equal", [heard, heard], "is_heard_known"), heard, zero], "heard_or_none")
    heard = node("Clip", [heard, const("none_heard", 0.0), const("longest_heard", 1e5)], "heard_s")
    people, people_variance = const("people", scaling.mean[None]), const("people_variance", scaling.scale[None] ** 2)
    known = node("Equal", [usual, usual], "known")
    trust = node("Div", [heard, node("Add", [heard, const("trust_s", [[TRUST_S]])], "heard_and_trust")], "trust")
    share = node("Mul", [node("Cast", [known], "known_as_number", to=TensorProto.FLOAT), trust], "share")
    off = node("Sub", [node("Where", [known, usual, zero], "usual_or_none"), people], "off")
    mean = node("Add", [people, node("Mul", [share, off], "moved")], "mean")
    some = node("Where", [node("Equal", [deviation, deviation], "is_deviation_known"), deviation, const("people_deviation", scaling.scale[None])], "deviation_or_people")
    apart = node("Sub", [node("Mul", [some, some], "usual_variance"), people_variance], "apart")
    variance = node("Add", [people_variance, node("Mul", [share, apart], "changed")], "variance_of_measures")
    root = node("Sqrt", [node("Add", [variance, const("tiny", [[1e-8]])], "more_than_none")], "deviation_of_measures")
    far = node("Div", [node("Sub", [now, mean], "away"), root], "far")
    present = node("Equal", [now, now], "present")
    z = node("Clip", [node("Where", [present, far, zero], "told"), const("least", -CLIP), const("most", CLIP)], "z")
    # All networks as one: their hidden layers side by side, their outputs averaged.
    n = len(nets)
    numpy = lambda layer: (layer.weight.detach().numpy(), layer.bias.detach().numpy())
    first = [numpy(net.first) for net in nets]
    second = [numpy(net.second) for net in nets]
    straight = [numpy(net.linear) for net in nets]
    hidden = node("Add", [node("MatMul", [z, const("first_w", np.concatenate([w for w, _ in first]).T)], "first_m"), const("first_b", np.concatenate([b for _, b in first])[None])], "hidden")
    bent = node("MatMul", [node("Relu", [hidden], "active"), const("second_w", np.concatenate([w for w, _ in second], 1).T / n)], "bent")
    direct = node("MatMul", [z, const("straight_w", sum(w for w, _ in straight).T / n)], "direct")
    bias = sum(b for _, b in second) + sum(b for _, b in straight)
    logits = node("Add", [node("Add", [bent, direct], "sum"), const("bias", bias[None] / n)], "logits")
    heat = node("Exp", [node("Add", [node("Mul", [trust, const("less", [[heat[1]]])], "less_by"), const("most_heat", [[heat[0]]])], "exponent")], "heat")
    p = node("Softmax", [node("Div", [logits, heat], "cooled")], "emotions", axis=1)
    at = node("MatMul", [p, const("places", PLACES)], "affect")
    squares = node("MatMul", [p, const("squares", PLACES**2)], "mean_square")
    between = node("Sub", [squares, node("Mul", [at, at], "square_mean")], "between")
    node("Sqrt", [node("Add", [between, const("within", [[WITHIN**2]])], "variance")], "spread")
    width = len(table.columns)
    inputs = [helper.make_tensor_value_info("measures", TensorProto.FLOAT, ["rows", width])]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", k]) for name, k in (("affect", 2), ("spread", 2), ("emotions", 7))]
    graph = helper.make_graph(nodes, "speech-affect", inputs, outputs, consts)
    axes = ["valence", "arousal"]
    card = {
        "name": "speech-affect",
        "summary": "Valence, arousal and the probabilities of seven emotions of a voice, from the last six seconds of it and from how it usually is." + (f" Of all speakers of EMO-DB but {without}." if without else ""),
        "inputs": [{"name": "measures", "element": "f32", "shape": ["rows", width], "unit": "measures of `analysis::prosody`, a moment a row, each in the unit that its name ends in, and what was usual before; NaN for what could not be measured", "columns": table.columns}],
        "outputs": [
            {"name": "affect", "element": "f32", "shape": ["rows", 2], "unit": "place on the plane, -1 to 1: the mean of the emotions' places", "columns": axes},
            {"name": "spread", "element": "f32", "shape": ["rows", 2], "unit": "standard deviation of the place", "columns": axes},
            {"name": "emotions", "element": "f32", "shape": ["rows", 7], "unit": "probabilities; they sum to 1", "columns": EMOTIONS},
        ],
        "data": [
            {"name": "EMO-DB", "licence": "CC0", "attribution": "Burkhardt, Paeschke, Rolfes, Sendlmeier & Weiss, Interspeech 2005", "use": "535 utterances of " + ("nine" if without else "ten") + " actors, each also in eight other surroundings: noise, room, telephone, other pitch and pace, music beneath"},
        ],
        "metrics": metrics,
        "limits": [
            "A voice that it has not heard before is judged by what is usual of people, and much less well than after a minute: see unseen_speakers_uar_of_first_words.",
            "Several voices that take turns are one voice to it: what is usual is then a mean of theirs.",
            "Ten German actors who spoke emotions on purpose: what people say in earnest is less marked.",
            "Surprise is not among its seven emotions, for EMO-DB has none; joy and anger are taken for each other most.",
            "It hears how somebody speaks and not what is said; valence follows from the emotions' places and is the weaker axis.",
        ],
    }
    if without:
        card["limits"].append("For evaluations with EMO-DB's voices: the program carries the model of all ten.")
    rng = np.random.default_rng(3)
    pick = rng.choice(len(table.x), 8, replace=False)
    holes = table.x[pick].astype(np.float32)
    holes[rng.random(holes.shape) < 0.2] = np.nan
    cases = [{"measures": table.x[pick].astype(np.float32)}, {"measures": holes}, {"measures": 100 * rng.standard_normal((3, width)).astype(np.float32)}]
    write_model(graph, card, path, [] if without else cases)


if __name__ == "__main__":
    main()
