"""Renders the VST3 in dawdreamer: PLUGIN STATE|- OUT.wav [seconds=..] [bpm=..] [tempi=seconds:bpm,..] [tone=..] [sidechain=..] [transpose=..]"""

import struct
import sys

import dawdreamer as dd
import numpy as np

RATE = 48_000
BLOCK = 512

plugin_path, state, out = sys.argv[1:4]
say = dict(pair.split("=", 1) for pair in sys.argv[4:])
seconds = float(say.get("seconds", 1))

engine = dd.RenderEngine(RATE, BLOCK)
plugin = engine.make_plugin_processor("underscore", plugin_path)
if state != "-":
    # dawdreamer wraps a plugin's state in JUCE's own chunk; ask for an empty one and put ours into it.
    import base64
    import os
    import tempfile

    # CLAP states carry their length in front, VST3 states do not.
    own = open(state, "rb").read()[8:]
    with tempfile.NamedTemporaryFile(delete=False) as f:
        name = f.name
    plugin.save_state(name)
    chunk = open(name, "rb").read()
    at = chunk.index(b"<?xml")
    end = chunk.rindex(b">") + 1
    xml = chunk[at:end].decode()
    start = xml.index("<IComponent>") + len("<IComponent>")
    stop = xml.index("</IComponent>")

    # JUCE's base 64: a decimal byte count, a dot, then six bits a letter, least significant first.
    letters = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
    bits = np.unpackbits(np.frombuffer(own, np.uint8), bitorder="little")
    bits = np.concatenate([bits, np.zeros(-len(bits) % 6, np.uint8)]).reshape(-1, 6)
    text = str(len(own)) + "." + "".join(letters[int(v)] for v in bits @ (1 << np.arange(6)))
    xml = xml[:start] + text + xml[stop:]
    body = xml.encode()
    header = bytearray(chunk[:at])
    struct.pack_into("<I", header, 4, len(body))
    open(name, "wb").write(bytes(header) + body + b"\0")
    plugin.load_state(name)
    os.unlink(name)

if "transpose" in say:
    for p in plugin.get_parameters_description():
        if p["name"] == "Transpose":
            plugin.set_parameter(p["index"], (int(say["transpose"]) + 12) / 24)

if "tempi" in say:
    # One value a quarter note, as dawdreamer wants it: many pulses a beat make the changes sharp.
    ppq = 960
    values = []
    for part in say["tempi"].split(","):
        length, bpm = map(float, part.split(":"))
        values += [bpm] * round(length * bpm / 60 * ppq)
    values += [values[-1]] * ppq
    engine.set_bpm(np.array(values, np.float32), ppqn=ppq)
else:
    engine.set_bpm(float(say.get("bpm", 120)))

frames = int((seconds + 0.5) * RATE)
t = np.arange(frames) / RATE
main = np.tile((float(say.get("tone", 0)) * np.sin(2 * np.pi * 440 * t)).astype(np.float32), (2, 1))
rng = np.random.default_rng(1)
side = (float(say.get("sidechain", 0)) * rng.uniform(-1, 1, (2, frames))).astype(np.float32)
graph = [
    (engine.make_playback_processor("main", main), []),
    (engine.make_playback_processor("side", side), []),
    (plugin, ["main", "side"]),
]
engine.load_graph(graph)
engine.render(seconds)
audio = engine.get_audio()

# Float WAV by hand: the wave module writes integers only.
data = audio[:2].T.astype("<f4").tobytes()
with open(out, "wb") as f:
    f.write(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVE")
    f.write(b"fmt " + struct.pack("<IHHIIHH", 16, 3, 2, RATE, RATE * 8, 8, 32))
    f.write(b"data" + struct.pack("<I", len(data)) + data)
