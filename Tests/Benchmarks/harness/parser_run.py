"""What it takes to parse a message with all its headers typed, beside sofia-sip."""

import json

from . import programs
from .record import say
from .settings import FOLDER
from .table import median, ratio, spread, table

MESSAGES = ["invite.sip", "200.sip", "bye.sip"]
REPETITIONS = {"sofia-sip": 200_000, "ours": 1_000_000}


def parsers(settings):
    flags = programs.output_of(["pkg-config", "--cflags", "sofia-sip-ua"]).split()
    libraries = programs.output_of(["pkg-config", "--libs", "sofia-sip-ua"]).split()
    made = {"sofia-sip": programs.build_c("sofia-parse", "Sofia", flags, libraries)}
    if "ours" in settings.targets:
        made["ours"] = settings.parser or programs.build_swift("ParserBenchmark")
    return made


def run(settings, record):
    made = parsers(settings)
    files = [str(FOLDER / "messages" / name) for name in MESSAGES]
    share = 0.3 if settings.quick else 1
    for _ in range(max(3, settings.repetitions)):
        for name, program in made.items():
            command = [program, str(int(REPETITIONS[name] * share)), *files]
            with programs.measuring(settings):
                text = programs.output_of(programs.pinned(settings.server_cpus) + command)
            for line in text.splitlines():
                enter(record, name, json.loads(line))
    record.section("Parser", describe(record))


def enter(record, name, row):
    record.add("parser", name, row)
    say(f"{name:10} {row['message']:10} {row['ns']:8.0f} ns")
    if not row["good"]:
        record.problem(f"{name} did not parse {row['message']}")


def describe(record):
    rows = []
    for name in MESSAGES:
        theirs = record.of("parser", target="sofia-sip", message=name)
        ours = record.of("parser", target="ours", message=name)
        their_ns, our_ns = [x["ns"] for x in theirs], [x["ns"] for x in ours]
        times = ratio(median(their_ns), median(our_ns), 1)
        headers = {x["headers"] for x in theirs + ours}
        shown = "/".join(str(x) for x in sorted(headers))
        rows.append(
            [name, theirs[0]["bytes"], shown, spread(their_ns, 0), spread(our_ns, 0), times]
        )
    heads = ["message", "octets", "header values", "sofia-sip ns", "ours ns", "times as fast"]
    note = "\nEvery header typed, URIs included, the body untouched. CPU time, warm caches.\n"
    return table(heads, rows) + note
