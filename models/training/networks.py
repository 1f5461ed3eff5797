"""What the cards of the networks of frames (pulse, notes) have in common, and what each says."""

from card import write_card

FRAMES = {
    "name": "frames",
    "element": "f32",
    "shape": ["frames", 46],
    "unit": "86 frames a second: 40 mel levels, and 6 measures of how much the harmony changes (`analysis::networks`)",
}
DATA = [
    {
        "name": "POP909",
        "licence": "MIT",
        "attribution": "Wang et al., ISMIR 2020",
        "use": "songs as MIDI, rendered with FluidR3 GM (MIT) by any of its programs and with the project's own instruments",
    },
    {
        "name": "Ryan's Mammoth Collection",
        "licence": "public domain",
        "attribution": "W. B. Ryan, Elias Howe, Boston 1883",
        "use": "tunes, rendered likewise, whole and by one voice alone",
    },
    {
        "name": "patterns, drums, drones, alap and ambience",
        "licence": "MIT OR Apache-2.0",
        "attribution": "the project; synthetic",
        "use": "pieces that were made to a plan, rendered likewise",
    },
]


def describe(path, name, columns, unit, summary, limits, metrics):
    """Writes the card beside the weights at PATH."""
    output = {"name": name, "element": "f32", "shape": ["frames", len(columns)], "unit": unit, "columns": columns}
    card = {"name": path.stem, "summary": summary, "limits": limits, "inputs": [FRAMES], "outputs": [output], "data": DATA, "metrics": metrics}
    write_card(path.read_bytes(), card, path)


def describe_notes(path, r):
    """With the correlations of events, notes and notes at once of pieces that were held out."""
    columns = [f"begin_at_least_{n}" for n in (1, 2, 3, 5)] + [f"sound_at_least_{n}" for n in (1, 2, 4, 6)]
    describe(
        path,
        "notes",
        columns,
        "logits of the probabilities that at least so many notes begin in a frame, or sound in it",
        "How many notes begin and sound, whatever plays them: what the measures of moods count with. See notes.md.",
        ["It has heard no recordings, only renders.", "How many notes begin in a drone or an ambience it cannot tell apart."],
        {f"held_out_{k}_r": float(v) for k, v in zip(("events", "notes", "notes_at_once"), r)},
    )


def describe_pulse(path):
    describe(
        path,
        "pulse",
        ["beat", "begins_a_bar", "has_a_pulse", "divides_into_three"],
        "logits of probabilities of each frame",
        "Which moments are beats and begin bars: what tempo, metre and 'no pulse' are decoded from. See pulse.md; scores are in reports/analysis.md.",
        ["It has heard no recordings, only renders.", "Slow ballads are often heard twice as fast as people tap them."],
        {},
    )
