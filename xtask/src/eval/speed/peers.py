"""How long other tools need for the same files: the seconds of each on a line.

Usage: peers.py TOOL FILE...; TOOL is librosa or essentia. A first file is heard without being counted, so that compilers have done their work.
"""

import sys
import time
import warnings

warnings.filterwarnings("ignore")


def librosa_of(path):
    """What people usually take from librosa, loading included."""
    import librosa
    import numpy as np

    y, rate = librosa.load(path, sr=22050, mono=True)
    spectrum = np.abs(librosa.stft(y))
    power = spectrum**2
    mel = librosa.feature.melspectrogram(S=power, sr=rate)
    librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13)
    librosa.feature.chroma_stft(S=power, sr=rate)
    librosa.feature.spectral_centroid(S=spectrum, sr=rate)
    librosa.feature.spectral_bandwidth(S=spectrum, sr=rate)
    librosa.feature.spectral_rolloff(S=spectrum, sr=rate)
    librosa.feature.spectral_flatness(S=spectrum)
    librosa.feature.spectral_contrast(S=spectrum, sr=rate)
    librosa.feature.rms(S=spectrum)
    librosa.feature.zero_crossing_rate(y)
    onsets = librosa.onset.onset_strength(S=librosa.power_to_db(mel), sr=rate)
    librosa.beat.beat_track(onset_envelope=onsets, sr=rate)


def essentia_of(path):
    import essentia
    import essentia.standard as es

    essentia.log.warningActive = False
    essentia.log.infoActive = False
    es.MusicExtractor()(path)


def main():
    tool = {"librosa": librosa_of, "essentia": essentia_of}[sys.argv[1]]
    files = sys.argv[2:]
    tool(min(files, key=len))
    for path in files:
        began = time.perf_counter()
        tool(path)
        print(time.perf_counter() - began, flush=True)


main()
