"""Writes a model, its card, and what onnxruntime answers to some inputs, which the program's tests hold it against."""

import datetime
import hashlib
import json

import numpy as np


def toml_value(x):
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, float):
        return f"{x:.6g}" if "." in f"{x:.6g}" or "e" in f"{x:.6g}" else f"{x:.1f}"
    if isinstance(x, int):
        return str(x)
    if isinstance(x, str):
        return json.dumps(x, ensure_ascii=False)
    items = [toml_value(i) for i in x]
    line = "[" + ", ".join(items) + "]"
    return line if len(line) < 140 else "[\n  " + ",\n  ".join(items) + ",\n]"


def toml(card):
    lines = [f"{k} = {toml_value(v)}" for k, v in card.items() if not isinstance(v, dict) and not (isinstance(v, list) and v and isinstance(v[0], dict))]
    for k, v in card.items():
        if isinstance(v, list) and v and isinstance(v[0], dict):
            for row in v:
                lines += ["", f"[[{k}]]"] + [f"{a} = {toml_value(b)}" for a, b in row.items()]
        elif isinstance(v, dict):
            lines += ["", f"[{k}]"] + [f"{a} = {toml_value(b)}" for a, b in v.items()]
    return "\n".join(lines) + "\n"


def write_card(data, card, path):
    """The card of weights that are at PATH as DATA."""
    head = {k: card[k] for k in ("name", "summary")}
    head |= {"date": datetime.date.today().isoformat(), "licence": card.get("licence", "MIT OR Apache-2.0"), "sha256": hashlib.sha256(data).hexdigest()}
    order = head | {k: card[k] for k in ("limits", "inputs", "outputs", "data", "metrics")}
    path.with_suffix(".toml").write_text(toml(order))


def write_model(graph, card, path, cases):
    """Writes PATH, its card beside it, and, where there are cases, PATH's .examples.json."""
    import onnx
    import onnxruntime
    from onnx import helper

    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="underscore")
    model.ir_version = 9
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    path.write_bytes(data)
    write_card(data, card, path)
    if not cases:
        return
    session = onnxruntime.InferenceSession(data)
    told = []
    for case in cases:
        outputs = session.run(None, case)
        one = lambda x: {"shape": list(np.shape(x)), "numbers": [(float(v) if np.isfinite(v) else None) if np.asarray(x).dtype.kind == "f" else int(v) for v in np.ravel(x)]}
        told.append({"inputs": [one(case[p["name"]]) for p in card["inputs"]], "outputs": [one(o) for o in outputs]})
    path.with_suffix(".examples.json").write_text(json.dumps(told, allow_nan=False) + "\n")
    print(path, len(data), "bytes", flush=True)
