"""Trains models/music-affect.onnx: the quadrant of a stretch of music, and so its valence and arousal.

    cargo xtask train music --cache DIR

which renders EMOPIA's clips in many ways, measures them, and calls this script with the folder of the measures and that of the models; `cargo xtask eval
mood` calls it without the latter. First several families of models are judged on songs and instruments that they have not seen; what they said is written to
judged.json and judged.npy, for the report. Then the one that transfers best is fitted to everything.

Seeded: the same measures give the same weights on the same machine.
"""

import json
import multiprocessing
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from scaling import CLIP, Scaling, auc, calibration_error, confusion, reliability, softmax

# Songs in so many parts; each part is judged by models that know neither its songs nor the instruments that play them.
PARTS = 3
EMBEDDING = 32
EPOCHS = 14
BATCH = 256
# What the question for the notes counts beside that for the quadrants.
NOTES = 1.0
# These change the colour of a sound and little else.
COLOUR = ("mel_", "mfcc_")
# What tells music from what is none is not to hang on how wide a band was recorded, nor on length and level.
NOT_FOR_MUSIC = COLOUR + ("sounding_s", "mean_level_dbfs", "contrast_", "flatness", "brightness")
# The picture of the log-mel network: bands, as `cargo xtask train music` writes it; frames of a crop (6 s).
PICTURE_BANDS = 40
CROP = 128
# So much music may be said to be less probably music than not.
MISTAKEN = 0.01
QUADRANTS = ["Q1", "Q2", "Q3", "Q4"]
# The family that ships. It was chosen by the judgements of this script (models/reports/mood.md).
CHOSEN = "MLP, named"


class Table:
    """Rows of measures and what each is of: `owner` is the number of the sound, `whole` marks its first row."""

    def __init__(self, folder):
        self.folder = folder
        self.abouts = [json.loads(line) for line in open(folder / "rows.jsonl")]
        self.columns = (folder / "columns.txt").read_text().split()
        x = np.load(folder / "rows.npy").astype(np.float32)
        self.fill(x)

        # What the notes of each clip tell, which nobody hears exactly; a deviation each.
        written = json.load(open(folder / "written.json"))
        self.notes = list(next(iter(written.values())))
        heard_of = np.array([[*written[a["clip"]].values()] if a["clip"] in written else [np.nan] * len(self.notes) for a in self.abouts])
        self.written = ((heard_of - np.nanmean(heard_of, 0)) / np.nanstd(heard_of, 0)).clip(-3, 3).astype(np.float32)

    def fill(self, x):
        self.x = x
        counts = np.array([1 + a["passages"] for a in self.abouts])
        self.owner = np.repeat(np.arange(len(self.abouts)), counts)
        self.whole = np.zeros(len(self.owner), bool)
        self.whole[np.cumsum(counts) - counts] = True
        of = lambda key: np.array([a[key] for a in self.abouts])
        self.group, self.family, self.take, self.clip, self.kind = of("group"), of("family"), of("take"), of("clip"), of("kind")
        self.quadrant = np.array([(a["quadrant"] or 0) - 1 for a in self.abouts])
        self.part = np.array([zlib.crc32(s.encode()) % PARTS for s in self.group])
        self.seconds = self.x[:, self.columns.index("sounding_s")]

    def only(self, keep):
        """Some of the sounds."""
        part = object.__new__(Table)
        part.folder, part.columns, part.notes, part.written = self.folder, self.columns, self.notes, self.written[keep]
        part.abouts = [a for a, k in zip(self.abouts, keep) if k]
        part.fill(self.x[keep[self.owner]])
        return part

    def weights(self):
        """Each sound counts once: half for the whole, half for its passages; so that long ones do not count more."""
        counts = np.bincount(self.owner) - 1
        return np.where(self.whole, 3.0, 3.0 / np.maximum(counts[self.owner], 1)).astype(np.float32)


class Net(nn.Module):
    """From scaled measures to the logits of four quadrants: a linear way and one through an embedding. From the embedding it is also asked what notes are
    played, in training alone: so it makes of the measures what is of the music and not of the sound."""

    def __init__(self, inputs, hidden, notes):
        super().__init__()
        self.notes = nn.Linear(EMBEDDING, notes) if hidden else None
        self.linear = nn.Linear(inputs, 4)
        self.first = nn.Linear(inputs, hidden) if hidden else None
        self.second = nn.Linear(hidden, EMBEDDING) if hidden else None
        self.out = nn.Linear(EMBEDDING, 4) if hidden else None

    def embedding(self, z, p=0.0):
        h = F.dropout(F.relu(self.first(z)), p, self.training)
        return torch.tanh(self.second(h))

    def forward(self, z, p=0.0):
        return self.both(z, p)[0]

    def both(self, z, p=0.0):
        """Logits of the quadrants, and what notes are played, if there is an embedding."""
        y = self.linear(z)
        if self.first is None:
            return y, None
        e = F.dropout(self.embedding(z, p), p, self.training)
        return y + self.out(e), self.notes(e)


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


def halves(p):
    """Probabilities of the pleasant and of the excited half."""
    return p[:, 0] + p[:, 3], p[:, 0] + p[:, 1]


def loss_of(logits, quadrant, weight):
    """Cross-entropy of the quadrants, and of each half by itself."""
    pleasant, excited = halves(torch.softmax(logits, 1))
    q = F.cross_entropy(logits, quadrant, reduction="none")
    v = F.binary_cross_entropy(pleasant.clamp(1e-5, 1 - 1e-5), ((quadrant == 0) | (quadrant == 3)).float(), reduction="none")
    a = F.binary_cross_entropy(excited.clamp(1e-5, 1 - 1e-5), (quadrant < 2).float(), reduction="none")
    return ((q + v + a) * weight).mean()


def fit(x, quadrant, weight, written, hidden, seed, decay=2e-3, dropout=0.4, noise=0.3, epochs=EPOCHS):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net(x.shape[1], hidden, written.shape[1])
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=decay)
    x, quadrant, weight = torch.from_numpy(x), torch.from_numpy(quadrant.astype(np.int64)), torch.from_numpy(weight.astype(np.float32))
    written = torch.from_numpy(written)
    steps = epochs * (len(x) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, total_steps=steps + 1, pct_start=0.2)
    for _ in range(epochs):
        order = torch.from_numpy(rng.permutation(len(x)))
        for i in range(len(x) // BATCH):
            k = order[i * BATCH : (i + 1) * BATCH]
            z = x[k] + noise * torch.randn(len(k), x.shape[1])
            logits, notes = net.both(z, dropout)
            # A decay alone lets the linear way grow along what is common in training; this keeps it short.
            loss = loss_of(logits, quadrant[k], weight[k]) + 2e-3 * net.linear.weight.pow(2).sum()
            if notes is not None:
                loss = loss + NOTES * ((notes - written[k]).pow(2).mean(1) * weight[k]).mean()
            best.zero_grad()
            loss.backward()
            best.step()
            schedule.step()
    return net.eval()


def logits_of(net, x):
    with torch.no_grad():
        return net(torch.from_numpy(x)).numpy()


def crop(picture, rng):
    """Some seconds of a picture as a batch wants it, centred so that its level does not count."""
    start = rng.integers(0, max(1, len(picture) - CROP + 1))
    x = picture[start : start + CROP]
    x = np.pad(x, ((0, CROP - len(x)), (0, 0)), mode="wrap") if len(x) < CROP else x
    return (x - x.mean()).T.astype(np.float32)


def fit_pictures(pictures, quadrant, seed, epochs=8):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Picture()
    best = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2)
    for epoch in range(epochs):
        for group in best.param_groups:
            group["lr"] = 2e-3 * (1 - epoch / epochs)
        order = rng.permutation(len(pictures))
        for i in range(len(order) // 64):
            k = order[i * 64 : (i + 1) * 64]
            x = torch.from_numpy(np.stack([crop(pictures[j], rng) for j in k]))
            loss = loss_of(net(x), torch.from_numpy(quadrant[k].astype(np.int64)), torch.ones(len(k)))
            best.zero_grad()
            loss.backward()
            best.step()
    return net.eval()


def folds(table):
    """For each family of instruments and each part of the songs: sounds of these, and sounds that know neither."""
    for family in sorted(set(table.family)):
        for part in range(PARTS):
            yield (table.family == family) & (table.part == part), (table.family != family) & (table.part != part)


def judge_rows(table, columns, hidden):
    """Logits and embeddings of every row by models that know neither its song nor its family of instruments."""
    logits, embedding = np.zeros((len(table.x), 4), np.float32), np.zeros((len(table.x), EMBEDDING), np.float32)
    JUDGED.update(table=table, x=table.x[:, columns], weight=table.weights(), folds=list(folds(table)), hidden=hidden)
    # Processes that are forked from this one have the table without being sent it.
    with multiprocessing.get_context("fork").Pool() as pool:
        for (test, _), (said, made) in zip(JUDGED["folds"], pool.imap(judge_fold, range(len(JUDGED["folds"])))):
            logits[test[table.owner]], embedding[test[table.owner]] = said, made
    return logits, embedding


# What `judge_rows` is about.
JUDGED = {}


def judge_fold(number):
    torch.set_num_threads(1)
    table, x, weight, hidden = (JUDGED[k] for k in ("table", "x", "weight", "hidden"))
    held, known = (sounds[table.owner] for sounds in JUDGED["folds"][number])
    scaling = Scaling(x[known])
    net = fit(scaling(x[known]), table.quadrant[table.owner][known], weight[known], table.written[table.owner][known], hidden, 0)
    z = scaling(x[held])
    with torch.no_grad():
        made = net.embedding(torch.from_numpy(z)).numpy() if hidden else np.zeros((len(z), EMBEDDING), np.float32)
    return logits_of(net, z), made


def judge_pictures(table):
    """The same of the convolutional network, for whole sounds; groups of families instead of each, for it is slow."""
    groups = np.array([zlib.crc32(f.encode()) % 4 for f in table.family])
    of = [((groups == g) & (table.part == p), (groups != g) & (table.part != p)) for g in sorted(set(groups)) for p in range(PARTS)]
    pictures = [np.load(table.folder / f"{a['clip']}-{a['take']}.npy") for a in table.abouts]
    JUDGED.update(table=table, pictures=pictures, folds=of)
    logits = np.zeros((len(pictures), 4), np.float32)
    with multiprocessing.get_context("fork").Pool() as pool:
        for (test, _), said in zip(of, pool.imap(judge_picture_fold, range(len(of)))):
            logits[test] = said
    return logits


def judge_picture_fold(number):
    torch.set_num_threads(1)
    pictures, (test, train) = JUDGED["pictures"], JUDGED["folds"][number]
    net = fit_pictures([pictures[i] for i in np.flatnonzero(train)], JUDGED["table"].quadrant[train], 0)
    said = []
    for i in np.flatnonzero(test):
        p = pictures[i]
        starts = np.linspace(0, max(0, len(p) - CROP), 4).astype(int)
        crops = np.stack([crop(p[s : s + CROP], np.random.default_rng(0)) for s in starts])
        said.append(logits_of(net, crops).mean(0))
    return np.array(said, np.float32)


def ceilings(table, columns):
    """What could be told of unseen songs and instruments by who knew of the notes what is not heard exactly: regressions on measures of the sound, on the notes, and on both."""
    from sklearn.linear_model import LogisticRegression

    touch = np.array([n.startswith(("velocity", "played")) for n in table.notes])
    measures = table.x[table.whole][:, columns]
    level = table.x[table.whole][:, [table.columns.index("mean_level_dbfs")]]
    without = table.written[:, ~touch]
    of = {
        "measures of the sound": measures,
        "measures, and true notes but not how hard they are struck": np.hstack([measures, without]),
        "true notes but not how hard they are struck, and the level of the sound": np.hstack([without, level]),
        "true notes and how hard they are struck": table.written,
    }
    told = {}
    for name, x in of.items():
        said = np.zeros((len(x), 4), np.float32)
        for test, known in folds(table):
            scaling = Scaling(x[known])
            model = LogisticRegression(C=0.03, max_iter=500).fit(scaling(x[known]), table.quadrant[known])
            said[test] = model.decision_function(scaling(x[test]))
        told[name] = scores(said, table.quadrant)
        print("ceiling:", name, json.dumps(told[name]), flush=True)
    return told


def scores(logits, quadrant):
    p = softmax(logits)
    pleasant, excited = halves(p)
    return {
        "arousal": float(((excited > 0.5) == (quadrant < 2)).mean()),
        "valence": float(((pleasant > 0.5) == np.isin(quadrant, (0, 3))).mean()),
        "quadrants": float((p.argmax(1) == quadrant).mean()),
    }


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


def places(p):
    """Valence and arousal of quadrant probabilities, and the variance that a half-plane leaves open.

    A label says which half, not where in it: there all places are as likely. So the place is expected half way to the edge, and its variance is that of such a
    place: 1/3 less the square of what is expected.
    """
    pleasant, excited = halves(p)
    at = np.stack([pleasant - 0.5, excited - 0.5], 1)
    return at, 1 / 3 - at**2


def disagreement(table, at, embedding):
    """What the embedding tells of how far takes of one clip lie apart: a regression on squared distances from the clip's mean."""
    whole = table.whole
    clips = {c: i for i, c in enumerate(sorted(set(table.clip)))}
    of = np.array([clips[c] for c in table.clip])
    n = np.bincount(of)
    mean = np.stack([np.bincount(of, at[whole][:, k]) / n for k in (0, 1)], 1)
    apart = (at[whole] - mean[of]) ** 2 * (n / np.maximum(n - 1, 1))[of][:, None]
    x = np.hstack([embedding[whole], np.ones((whole.sum(), 1))])
    ridge = np.linalg.solve(x.T @ x + 30 * np.eye(x.shape[1]), x.T @ apart)
    return ridge.astype(np.float32), float(apart.mean())


def is_music_model(x, y):
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=0.05, max_iter=500, class_weight="balanced").fit(x, y)


def music_rows(table):
    """Rows that music is told from what is none by: wholes, and the passages of what nobody rated, for much that is scanned is short."""
    return table.whole | (table.quadrant < 0)[table.owner]


def judge_music(table, columns, scaling):
    """How well music is told from what is none: each kind of sound (each speaker) by a model that does not know it, nor the songs that it is told from."""
    z = scaling(table.x[:, columns])
    rows, is_music, kind = music_rows(table), (table.kind == "music")[table.owner], table.kind[table.owner]
    group, part = table.group[table.owner], table.part[table.owner]
    said = np.zeros(len(z))
    tests = [~is_music & (group == held) for held in sorted(set(group[~is_music]))] + [is_music & (part == k) for k in range(PARTS)]
    for test in tests:
        known = rows & ~test
        said[test] = is_music_model(z[known], is_music[known]).decision_function(z[test])
    whole = table.whole
    of = lambda rows: auc(said[rows], is_music[rows])
    kinds = {k: of(whole & (is_music | (kind == k))) for k in sorted(set(kind[~is_music]))}
    # Most of what is scanned is music: what is said of it is shifted until hardly any is taken for something else, short pieces neither.
    least = float(min(np.quantile(said[is_music & r], MISTAKEN) for r in (whole, ~whole)))
    caught = {k: float((said[whole & (kind == k)] < least).mean()) for k in kinds}
    counts = {k: int((table.kind == k).sum()) for k in sorted(set(table.kind))}
    return {"all": of(whole), "passages": of(~whole), "kinds": kinds, "caught": caught, "least": least, "counts": counts}


def segments(table, columns):
    """Emolysis' protocol: passages of 5 s of the piano as it was played, split by song; the same measures to support vectors, boosted trees and our network."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import f1_score, recall_score
    from sklearn.svm import SVC

    rows = ~table.whole & (table.take == 0)[table.owner] & (table.seconds >= 2.5)
    x, quadrant, part = table.x[:, columns], table.quadrant[table.owner], table.part[table.owner]
    told = {n: np.zeros(len(x), int) for n in ("support vectors", "boosted trees", "this model", "this model, piano unheard")}
    for p in range(PARTS):
        test, train = rows & (part == p), rows & (part != p)
        scaling = Scaling(x[train])
        told["support vectors"][test] = SVC(C=3, gamma="scale", class_weight="balanced").fit(scaling(x[train]), quadrant[train]).predict(scaling(x[test]))
        told["boosted trees"][test] = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.07, random_state=0).fit(x[train], quadrant[train]).predict(x[test])
        # All renderings of the songs that are known.
        for name, all_of in (("this model", part != p), ("this model, piano unheard", (part != p) & (table.family != "piano")[table.owner])):
            scaling = Scaling(x[all_of])
            net = fit(scaling(x[all_of]), quadrant[all_of], table.weights()[all_of], table.written[table.owner][all_of], 64, 0)
            told[name][test] = logits_of(net, scaling(x[test])).argmax(1)
    y = quadrant[rows]
    return {
        name: {
            "uar": float(recall_score(y, t[rows], average="macro")),
            "macro_f1": float(f1_score(y, t[rows], average="macro")),
            "weighted_f1": float(f1_score(y, t[rows], average="weighted")),
            "accuracy": float((y == t[rows]).mean()),
            "confusion": confusion(y, t[rows], 4),
            "segments": int(rows.sum()),
        }
        for name, t in told.items()
    }


def main():
    folder, models = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None
    began = time.time()
    torch.set_num_threads(1)
    everything = Table(folder)
    table = everything.only(everything.quadrant >= 0)
    print(len(table.abouts), "renderings,", len(table.owner), "rows,", len(table.columns), "measures;", len(everything.abouts), "sounds in all", flush=True)
    used = [i for i, c in enumerate(table.columns) if c != "sounding_s"]
    named = [i for i in used if not table.columns[i].startswith(COLOUR)]
    # The network of notes has heard these instruments, though not these songs; what it adds is told apart.
    without_notes = [i for i in named if not table.columns[i].startswith("note")]
    quadrant, w = table.quadrant[table.owner], table.whole
    judgements, families = {}, {}
    for name, which, hidden in (("linear, named", named, 0), ("linear, all", used, 0), ("MLP, named", named, 64), ("MLP, all", used, 64), ("MLP, named, without the network of notes", without_notes, 64)):
        judgements[name] = judge_rows(table, which, hidden)
    wholes = {name: logits[w] for name, (logits, _) in judgements.items()}
    wholes["CNN, log-mel"] = judge_pictures(table)
    scaled = lambda l: l / l.std()
    wholes["MLP and CNN"] = (scaled(wholes["MLP, all"]) * 2 + scaled(wholes["CNN, log-mel"])) / 3
    wholes["linear and MLP"] = (wholes["linear, named"] + wholes["MLP, all"]) / 2
    for name, logits in wholes.items():
        families[name] = {
            "whole": scores(logits, table.quadrant),
            "piano": scores(logits[table.take == 0], table.quadrant[table.take == 0]),
            "5 s": scores(judgements[name][0][~w], quadrant[~w]) if name in judgements else None,
        }
        print(name, json.dumps(families[name]), flush=True)

    logits, embedding = judgements[CHOSEN]
    weight, part = table.weights(), table.part[table.owner]
    # The temperature that judges a part is fitted on the others.
    p = np.zeros_like(logits)
    for k in range(PARTS):
        ab = calibrated(logits[part != k], quadrant[part != k], weight[part != k], table.seconds[part != k])
        p[part == k] = softmax(logits[part == k] / temperature(ab, table.seconds[part == k]))
    ab = calibrated(logits, quadrant, weight, table.seconds)
    at, left_open = places(p)
    apart, mean_apart = disagreement(table, at, embedding)
    more = np.maximum(np.hstack([embedding, np.ones((len(embedding), 1))]) @ apart, 0)
    spread = np.sqrt(left_open + more)
    # A rating lies anywhere in the half that the label names: the share of such places within the spread.
    inside = [coverage(at[w][:, k], spread[w][:, k], positive) for k, positive in ((0, np.isin(table.quadrant, (0, 3))), (1, table.quadrant < 2))]
    ece = {}
    for name, rows in (("whole", w), ("5 s", ~w)):
        pleasant, excited = halves(p[rows])
        ece[name] = {
            "valence": calibration_error(pleasant, np.isin(quadrant[rows], (0, 3))),
            "arousal": calibration_error(excited, quadrant[rows] < 2),
            "quadrants": calibration_error(p[rows].max(1), p[rows].argmax(1) == quadrant[rows]),
        }
    strange = [i for i, c in enumerate(everything.columns) if not c.startswith(NOT_FOR_MUSIC)]
    music = judge_music(everything, strange, Scaling(everything.x[:, strange][everything.whole]))
    print("calibration", ab, "ECE", ece, "takes lie apart by", mean_apart**0.5, "spread covers", inside, "music", music, flush=True)
    pleasant, excited = halves(p[w])
    judged = {
        "renderings": len(table.abouts),
        "clips": len(set(table.clip)),
        "songs": len(set(table.group)),
        "rows": len(table.owner),
        "measures": len(named),
        "chosen": CHOSEN,
        "families": families,
        "ceilings": ceilings(table, named),
        "instruments": {f: scores(logits[w][table.family == f], table.quadrant[table.family == f]) | {"count": int((table.family == f).sum())} for f in sorted(set(table.family))},
        "confusion": confusion(table.quadrant, p[w].argmax(1), 4),
        "ece": ece,
        "reliability": {"valence": reliability(pleasant, np.isin(table.quadrant, (0, 3))), "arousal": reliability(excited, table.quadrant < 2)},
        "takes_apart": mean_apart**0.5,
        "covered": {"valence": inside[0], "arousal": inside[1]},
        "spread": {"valence": float(spread[w][:, 0].mean()), "arousal": float(spread[w][:, 1].mean())},
        "music": music,
        "segments": segments(table, named),
        "places": [[round(float(v), 3), round(float(a), 3), int(q)] for (v, a), q in zip(at[w][table.take == 1], table.quadrant[table.take == 1])],
    }
    (folder / "judged.json").write_text(json.dumps(judged))
    # For `indexer learn`, judged on what the model did not know: place, spread, quadrant, which model said it, song, embedding.
    number = lambda names: np.unique(names, return_inverse=True)[1]
    model = number([f"{f} {k}" for f, k in zip(table.family, table.part)])
    about = np.stack([table.quadrant, model, number(table.group)], 1)
    np.save(folder / "judged.npy", np.hstack([at[w], spread[w], about, embedding[w]]).astype(np.float32))
    print("judged after", round(time.time() - began), "s", flush=True)
    if models:
        metrics = {f"unseen_{k}": families[CHOSEN]["whole"][k] for k in ("valence", "arousal", "quadrants")}
        metrics |= {f"calibration_error_{k}": v for k, v in ece["whole"].items()} | {"is_music_auc": music["all"]}
        export(models, table, named, ab, apart, everything, strange, music["least"], metrics)
        print("written after", round(time.time() - began), "s", flush=True)


def coverage(at, spread, positive):
    """Share of places, even over the half that each label names, that lie within the spread."""
    low, high = np.where(positive, 0.0, -1.0), np.where(positive, 1.0, 0.0)
    return float((np.minimum(high, at + spread) - np.maximum(low, at - spread)).clip(0, 1).mean())


def export(models, table, used, ab, apart, everything, strange, least, metrics):
    """Fits the chosen family to everything and writes it."""
    from card import write_model
    from onnx import TensorProto, helper, numpy_helper

    quadrant = table.quadrant[table.owner]
    x = table.x[:, used]
    scaling = Scaling(x)
    net = fit(scaling(x), quadrant, table.weights(), table.written[table.owner], 64, 1)
    # Music and what is none, in the same scale as the rest.
    rows = music_rows(everything)
    z = scaling(everything.x[rows][:, used])
    place = [used.index(i) for i in strange]
    told = is_music_model(z[:, place], (everything.kind == "music")[everything.owner][rows])
    music_w = np.zeros((len(used), 1), np.float32)
    music_w[place, 0] = told.coef_[0]

    f32 = lambda name, v: numpy_helper.from_array(np.asarray(v, np.float32), name)
    i64 = lambda name, v: numpy_helper.from_array(np.asarray(v, np.int64), name)
    nodes, consts = [], []
    node = lambda kind, ins, out, **k: (nodes.append(helper.make_node(kind, ins, [out], **k)), out)[1]

    def const(name, v):
        consts.append(f32(name, v))
        return name

    names = ["sounding_s"] + [table.columns[i] for i in used]
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
    node("Sigmoid", [node("Add", [node("MatMul", [z, const("music_w", music_w)], "music_m"), const("music_b", told.intercept_[None] - least)], "music_sum")], "music")
    inputs = [helper.make_tensor_value_info("measures", TensorProto.FLOAT, ["rows", len(names)])]
    widths = [("affect", 2), ("spread", 2), ("quadrants", 4), ("embedding", EMBEDDING), ("music", 1)]
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
            {"name": "quadrants", "element": "f32", "shape": ["rows", 4], "unit": "probabilities of the quadrants, anticlockwise from pleasant and excited", "columns": QUADRANTS},
            {"name": "embedding", "element": "f32", "shape": ["rows", EMBEDDING], "unit": "what the model makes of the measures, -1 to 1"},
            {"name": "music", "element": "f32", "shape": ["rows", 1], "unit": "probability that it is music, and not speech, noise or silence"},
        ],
        "data": [
            {"name": "EMOPIA 1.0", "licence": "CC BY 4.0 (Zenodo record 5090631; the authors' mirror says CC BY-NC-SA)", "attribution": "Hung, Ching, Doh, Kim, Nam & Yang, ISMIR 2021, annaphuongcl/EMOPIA", "use": "1,078 piano clips as MIDI with the quadrant that listeners agreed on; rendered with General MIDI instruments and the project's own"},
            {"name": "POP909 and Ryan's Mammoth Collection", "licence": "MIT; traditional (1883)", "attribution": "Wang et al., ISMIR 2020; W. B. Ryan", "use": "with patterns of our own: music that nobody rated, for telling music from what is none"},
            {"name": "EMO-DB", "licence": "CC0", "attribution": "Burkhardt et al., Interspeech 2005", "use": "speech, for telling music from what is none; noise, machines, blows and near silence are synthetic"},
        ],
        "metrics": metrics,
        "limits": [
            "Its listeners sorted piano pieces into quadrants; it has heard renderings of those alone, no recordings of bands or orchestras.",
            "Some of its measures come from a network that counts notes (models/notes.md), which has heard the instruments that it is judged on, though none of the songs.",
            "Valence and arousal come from two half-planes whose probabilities are calibrated: how far out a piece lies in its half was never asked, so no place is further out than 0.5.",
            f"Valence is hard: {1 - metrics['unseen_valence']:.0%} of the verdicts on unseen songs and instruments are wrong.",
        ],
    }
    rng = np.random.default_rng(3)
    pick = rng.choice(len(table.x), 8, replace=False)
    raws = np.concatenate([table.seconds[:, None], x], 1).astype(np.float32)
    holes = raws[pick].copy()
    holes[rng.random(holes.shape) < 0.2] = np.nan
    write_model(graph, card, models / "music-affect.onnx", [{"measures": raws[pick]}, {"measures": holes}, {"measures": 100 * rng.standard_normal((3, raws.shape[1])).astype(np.float32)}])


if __name__ == "__main__":
    main()
