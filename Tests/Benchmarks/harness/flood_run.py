"""What a datagram costs that is refused unread, beside receiving and nothing more, and beside
Kamailio with pike."""

import contextlib
import subprocess
import time

from . import accounting, programs, servers
from .record import say
from .settings import BUILD, PORT, ROOT, SERVER_IP
from .table import median, spread, table

RATE = 100_000
# Who is flooded, at which level of the policy (or with which nap, in microseconds), and from how
# many sources. A worker under load wakes for about 32 messages, and each waking has its price: what
# refusing costs is what it costs more than a receiver that wakes as often.
CASES = [
    ("sink", 32_000_000 // RATE, 1, "received, and not looked at, 32 at a time"),
    ("sink", 1000, 1, "the same, each millisecond"),
    ("ours", "strangers", 1, "a source that no peer has"),
    ("ours", "flooded", 1, "the bucket of its source is empty"),
    ("ours", "flooded", 100_000, "100,000 sources; the bucket of their peer is empty"),
    ("kamailio", "pike", 1, "pike has blocked its source"),
]


def run(settings, record):
    flood = build_flood()
    sink = programs.build_c("sink", "Sink")
    for _ in range(settings.repetitions):
        for target, level, sources, what in CASES:
            if target in ("ours", "kamailio") and target not in settings.targets:
                continue
            with programs.measuring(settings), receiver(target, level, sink, settings) as process:
                cost = measure(flood, process, sources, settings)
            record.add("flood", target, {"what": what, **cost})
            say(f"{target:10} {cost['ns']:8.0f} ns  {what}")
    record.section("A flood of refused datagrams", describe(record))


def build_flood():
    """The flooder of `make test`."""
    BUILD.mkdir(parents=True, exist_ok=True)
    made = str(BUILD / "flood")
    source = str(ROOT / "Tests" / "CallTests" / "flood.c")
    programs.output_of(["gcc", "-O2", "-Wall", "-o", made, source])
    return made


@contextlib.contextmanager
def receiver(target, level, sink, settings):
    """The processes that are flooded."""
    if target != "sink":
        with servers.running(target, level, settings) as server:
            yield server.pids
        return
    command = [sink, SERVER_IP, str(PORT), str(level)]
    process = programs.start(command, settings.server_cpus, BUILD / "sink.log")
    try:
        time.sleep(0.5)
        yield [process.pid]
    finally:
        programs.stop(process)


def measure(flood, pids, sources, settings):
    """The first second fills buckets and blocks sources, and does not count."""
    send(flood, sources, 1, settings)
    lost, before = accounting.dropped_datagrams(), accounting.cpu_of(pids)
    sent = send(flood, sources, settings.seconds, settings)
    time.sleep(0.2)
    spent = accounting.cpu_of(pids) - before
    lost = accounting.dropped_datagrams() - lost
    return {"sent": sent, "lost": lost, "ns": spent.total * 1e9 / max(1, sent - lost)}


def send(flood, sources, seconds, settings):
    command = [flood, SERVER_IP, str(PORT), str(RATE), str(seconds), str(sources)]
    done = subprocess.run(
        programs.pinned(settings.generator_cpus) + command, capture_output=True, text=True
    )
    if done.returncode:
        raise programs.CannotRun(f"the flooder ended with status {done.returncode}")
    return int(done.stdout)


def describe(record):
    base = median([row["ns"] for row in record.of("flood", target="sink", what=CASES[0][3])]) or 0
    rows = []
    for target, _, _, what in CASES:
        found = record.of("flood", target=target, what=what)
        if not found:
            continue
        costs = [row["ns"] for row in found]
        lost = sum(row["lost"] for row in found) / sum(row["sent"] for row in found)
        above = f"{median(costs) - base:+,.0f}"
        rows.append([target, what, spread(costs, 0), above, f"{lost:.1%}"])
    heads = ["", "what becomes of it", "CPU ns for each datagram", "above receiving", "lost"]
    return table(heads, rows) + f"\nINVITEs at {RATE:,}/s.\n"
