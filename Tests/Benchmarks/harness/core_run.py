"""What the element itself does for a call, in instructions: exact, whatever else the machine does."""

import re
import subprocess

from . import programs
from .record import say
from .settings import BUILD
from .table import table

CALLS = 3000
# The ways into the element; all that it does is done within them.
WAYS_IN = {"receive": "6BorderAAV7receive_4from", "expire": "6BorderAAV6expire3now"}


def run(settings, record):
    program = programs.build_swift("CoreBenchmark")
    row = {"calls": CALLS, "instructions": count(program)}
    record.add("core", "ours", row)
    say(f"ours       {row['instructions']:8.0f} instructions for each call")
    record.section("The element without the kernel", describe(row))


def count(program):
    symbols = programs.output_of(["nm", "--defined-only", program]).split()
    watched = [x for way in WAYS_IN.values() for x in symbols if way in x and x.endswith("tF")]
    if len(watched) != len(WAYS_IN):
        raise programs.CannotRun(f"found {len(watched)} ways into the element")
    file = BUILD / "core.callgrind"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}"]
    command += ["--collect-atstart=no", *(f"--toggle-collect={x}" for x in watched)]
    done = subprocess.run([*command, program, str(CALLS)], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise programs.CannotRun(f"callgrind: {done.stderr[-300:]}")
    return int(found[1]) / CALLS


def describe(row):
    heads = ["calls", "instructions for each call"]
    rows = [[row["calls"], f"{row['instructions']:,.0f}"]]
    return table(heads, rows) + "\nUDP, six messages in and seven out, counted by callgrind.\n"
