"""What peers that abuse TCP cost the others: set-up time of UDP calls, with and without them."""

import contextlib
import subprocess
import sys

from . import generator, programs, servers
from .record import say
from .settings import BUILD, FOLDER
from .table import median, spread, table

RATE = 500
HALF_OPEN, DEAF = 1000, 10


def run(settings, record):
    generator.build()
    for target in settings.targets:
        # Without and with in turn, on one server: it is their difference that is looked for.
        with servers.running(target, "tcp", settings) as server:
            with programs.measuring(settings):
                generator.load(server, settings, RATE, settings.warm_seconds)
            for _ in range(max(2, settings.repetitions)):
                measure(target, server, False, settings, record)
                measure(target, server, True, settings, record)
    record.section("TCP abuse", describe(settings, record))


def measure(target, server, abused, settings, record):
    seconds = min(settings.seconds, 10)
    with programs.measuring(settings), abuse(settings) if abused else nobody() as told:
        row = generator.load(server, settings, RATE, seconds)
        row["abuse"] = told() if abused else {}
    row = record.add("tcp", target, {**row, "abused": abused})
    record.judge("TCP abuse", target, row)
    what = f"with {row['abuse']}" if abused else "without"
    say(f"{target:10} p99 {row['setup_p99_ms']:.3f} ms, most {row['setup_max_ms']:.3f} ms {what}")


@contextlib.contextmanager
def nobody():
    yield None


@contextlib.contextmanager
def abuse(settings):
    """The abusers, on the generator's core with the least weight: they must not slow it down."""
    command = [sys.executable, str(FOLDER / "harness" / "tcp_abuse.py"), str(HALF_OPEN), str(DEAF)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    log = BUILD / "abuse.log"
    process = programs.start(command, settings.generator_cpus, log, weight="10", **pipes)
    try:
        if process.stdout.readline().strip() != "READY":
            raise programs.CannotRun(f"the abuse did not begin; see {log}")
        yield lambda: ask(process)
    finally:
        programs.stop(process, patience=2)


def ask(process):
    """Ends the abuse, and returns what it did."""
    process.stdin.close()
    words = process.stdout.readline().split()
    return {key: int(value) for key, value in (word.split("=") for word in words)}


def describe(settings, record):
    rows = []
    for target in settings.targets:
        p99 = {
            abused: [x["setup_p99_ms"] for x in record.of("tcp", target=target, abused=abused)]
            for abused in (False, True)
        }
        rise = median(p99[True]) - median(p99[False])
        rows.append([target, spread(p99[False], 2), spread(p99[True], 2), f"{rise:+.2f}"])
    heads = ["", "p99 set-up ms without", "with", "rise ms"]
    note = (
        f"\n{HALF_OPEN:,} connections that sent half a message and {DEAF} that send requests and\n"
    )
    note += f"never read the answers, while UDP calls are set up at {RATE}/s.\n"
    return table(heads, rows) + note
