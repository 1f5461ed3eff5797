"""What other tools say of the same files: one JSON object a line, in the shape of our own answers.

Usage: peers.py TOOL, with a file a line on standard input. TOOL is librosa, essentia or aubio.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")


def librosa_of(path):
    import librosa

    y, rate = librosa.load(path, sr=22050, mono=True)
    envelope = librosa.onset.onset_strength(y=y, sr=rate)
    tempo, beats = librosa.beat.beat_track(onset_envelope=envelope, sr=rate, units="time")
    onsets = librosa.onset.onset_detect(onset_envelope=envelope, sr=rate, units="time")
    tuning = librosa.estimate_tuning(y=y, sr=rate)
    beats = [float(b) for b in beats]
    return {
        "bpm": float(tempo[0] if hasattr(tempo, "__len__") else tempo),
        "beats_s": beats,
        # It knows no bars: every fourth beat from the first is what its users take.
        "downbeats_s": beats[::4],
        "tuning_cents": float(tuning) * 100,
        "onsets_s": [float(t) for t in onsets],
    }


def essentia_of(path):
    import essentia
    import essentia.standard as es

    essentia.log.warningActive = False
    essentia.log.infoActive = False
    audio = es.MonoLoader(filename=path, sampleRate=44100)()
    bpm, beats, confidence, _, _ = es.RhythmExtractor2013(method="multifeature")(audio)
    key, scale, strength = es.KeyExtractor(profileType="bgate")(audio)
    return {
        "bpm": float(bpm) if bpm > 0 else None,
        # Its confidence goes from 0 to 5.32.
        "tempo_confidence": min(1.0, float(confidence) / 5.32),
        "beats_s": [float(b) for b in beats],
        "key": f"{key} {scale}",
        "key_confidence": float(strength),
    }


def aubio_of(path):
    import aubio

    hop, size = 512, 1024
    source = aubio.source(path, 0, hop)
    tempo = aubio.tempo("default", size, hop, source.samplerate)
    onset = aubio.onset("default", size, hop, source.samplerate)
    beats, onsets = [], []
    while True:
        samples, read = source()
        if tempo(samples):
            beats.append(float(tempo.get_last_s()))
        if onset(samples):
            onsets.append(float(onset.get_last_s()))
        if read < hop:
            break
    steps = sorted(b - a for a, b in zip(beats, beats[1:]))
    bpm = 60 / steps[len(steps) // 2] if steps else None
    return {"bpm": bpm, "beats_s": beats, "onsets_s": onsets}


def main():
    tool = {"librosa": librosa_of, "essentia": essentia_of, "aubio": aubio_of}[sys.argv[1]]
    for path in sys.stdin.read().splitlines():
        began = time.perf_counter()
        try:
            answer = tool(path)
        except Exception as e:  # A piece that a tool cannot read is one that it does not know.
            print(f"{sys.argv[1]}: {path}: {e}", file=sys.stderr)
            answer = {}
        print(json.dumps({"file": path, "seconds": time.perf_counter() - began, "answer": answer}), flush=True)


main()
