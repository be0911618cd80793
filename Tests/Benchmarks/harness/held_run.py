"""Memory for each call that is held open."""

import time

from . import accounting, generator, programs, servers
from .record import say
from .table import spread, table

RATE = 1000
# RFC 3261 §17 and RFC 6026 keep transactions for 64*T1 = 32 s, Kamailio keeps them for 5 s.
SETTLE, SETTLE_QUICK = 40, 8


def run(settings, record):
    generator.build()
    for target in settings.targets:
        hold(target, False, settings, record)
        if not settings.quick:
            hold(target, True, settings, record)
    record.section("Memory for each held call", describe(settings, record))


def hold(target, warm, settings, record):
    """Warm: as many calls have come and gone at the same rate before, so that the memory of their
    transactions is there already and what grows is what a call keeps."""
    settle = SETTLE_QUICK if settings.quick else SETTLE
    calls = settings.held_calls
    with servers.running(target, "held", settings) as server:
        with programs.measuring(settings):
            generator.load(server, settings, RATE if warm else 100, calls / RATE if warm else 2, 50)
        time.sleep(settle)
        before = memory(server)
        with generator.Generator(server, settings, RATE, calls, keep_held=True) as calling:
            with programs.measuring(settings):
                calling.wait_for("HELD")
            time.sleep(settle)
            after = memory(server)
            calling.release()
            with programs.measuring(settings):
                calling.wait_for("END")
            counts = calling.counts()
    grown = {key: (after[key] - before[key]) / calls for key in before if before[key] is not None}
    row = record.add("held", target, {**counts, "warm": warm, "grown": grown, "before": before})
    record.judge(f"{calls} held calls", target, row)
    shown = ", ".join(f"{key} {value:,.0f}" for key, value in grown.items())
    say(f"{target:10} {'warm' if warm else 'cold'}: octets for each of {calls} held calls: {shown}")


def memory(server):
    server.check_alive()
    return {
        "resident": accounting.proportional_memory(server.pids),
        "allocated": server.allocated(),
    }


def describe(settings, record):
    rows = []
    for target in settings.targets:
        cells = [target, f"{settings.held_calls:,}"]
        for key, warm in [("resident", False), ("resident", True), ("allocated", True)]:
            runs = record.of("held", target=target, warm=warm and not settings.quick)
            known = [row["grown"].get(key) for row in runs]
            shown = [] if warm and settings.quick and key == "resident" else known
            cells.append(spread([x and x / 1024 for x in shown], 2))
        rows.append(cells)
    heads = ["", "held", "resident KiB/call, from idle", "after a warm-up", "allocated KiB/call"]
    note = "\n*From idle* includes the memory that the calls' transactions once took. *After a\n"
    note += "warm-up* as many calls came and went before: what grows is what a held call keeps.\n"
    note += "For Kamailio (with its dialog module) read *allocated*, from its own allocator: its\n"
    note += "resident memory never falls. Ours is resident memory (PSS).\n"
    return table(heads, rows) + note
