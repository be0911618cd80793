"""CPU for each call, and the highest clean rate, on one core beside the peer."""

import time

from . import generator, programs, servers
from .record import say
from .table import median, ratio, spread, table

HIGHEST = 60_000  # calls/s; no ladder goes on for ever

# A step that was not clean while other work took so much of a processor says nothing.
DISTURBED, TRIES = 0.1, 4
# Seconds in which a server is rid of what a step left behind that was too much for it.
LET_GO = 8


def run(settings, record):
    generator.build()
    for repetition in range(settings.repetitions):
        for target in settings.targets if settings.ladder_start else ():
            climb(target, repetition, settings, record)
        for rate in settings.rates:
            for target in settings.targets:
                measure(target, rate, settings, record)
    compare_high(settings, record)
    record.section("Calls", describe_rates(settings, record))
    if settings.ladder_start:
        record.section("Highest clean rate", describe_ladders(settings, record))


def compare_high(settings, record):
    """At the first target's own highest clean rate. What was clean on the ladder may not be so for
    longer: then a step lower, since a server that is overloaded is no measure for another."""
    peer = settings.targets[0]
    rate = median([row["clean"] for row in record.of("ladder", target=peer) if row["clean"]])
    for _ in range(3 if rate else 0):
        rows = []
        for _ in range(settings.repetitions):
            rows.append(measure(peer, rate, settings, record))
            for target in settings.targets[1:]:
                measure(target, rate, settings, record)
        if sum(generator.is_clean(row) for row in rows) * 2 > len(rows):
            return
        rate /= settings.ladder_step
    if rate:
        record.problem(f"{peer} was not clean at any rate that it was measured at")


def measure(target, rate, settings, record):
    # A high rate needs fewer seconds for as many calls; the lock is held for less than a minute.
    seconds = settings.seconds if rate < 4000 else max(4.0, settings.seconds / 2)
    with (
        programs.measuring(settings),
        servers.running(target, "proxy", settings) as server,
    ):
        generator.load(server, settings, rate, settings.warm_seconds)
        row = generator.load(server, settings, rate, seconds)
    record.judge(f"{rate:.0f} calls/s", target, record.add("rate", target, row))
    tell(target, row)
    return row


def tell(target, row):
    say(
        f"{target:10} {row['rate']:7.0f}/s {row['cpu_us']:6.1f} µs/call "
        f"(user {row['user_us']:.1f} ± {row['user_error_us']:.1f}), load {row['load']:.0%}, "
        f"failed {row['failed']}, again {generator.retransmissions(row)}, "
        f"set-up p50 {row['setup_p50_ms']:.2f} p99 {row['setup_p99_ms']:.2f} ms, "
        f"generator idle {row['idle_share']:.0%}, other {row['other_load']:.0%}, "
        f"pace {row['pace_ms']:.1f} ms"
    )


def climb(target, repetition, settings, record):
    """Raises the rate until a step is twice not clean: once may be the machine's doing."""
    clean, rate, steps = None, settings.ladder_start, []
    with servers.running(target, "proxy", settings) as server:
        with programs.measuring(settings):
            generator.load(server, settings, rate / 2, settings.warm_seconds)
        while rate < HIGHEST:
            row = try_step(server, settings, rate, target, record)
            steps.append(row)
            if not generator.is_clean(row):
                break
            clean, rate = row, rate * settings.ladder_step
    record.add(
        "ladder",
        target,
        {
            "repetition": repetition,
            "clean": clean and clean["rate"],
            "cpu_us": clean and clean["cpu_us"],
            "load": clean and clean["load"],
            "idle_share": clean and clean["idle_share"],
            "idle_after": steps[-1]["idle_share"],
            "load_after": steps[-1]["load"],
        },
    )
    if not clean:
        record.problem(f"{target}: {settings.ladder_start:.0f} calls/s was not clean")


def try_step(server, settings, rate, target, record):
    undisturbed, tries = 0, 0
    while undisturbed < 2 and tries < TRIES:
        with programs.measuring(settings):
            row = generator.load(server, settings, rate, settings.ladder_seconds)
        record.add("step", target, row)
        tell(target, row)
        if generator.is_clean(row):
            break
        tries += 1
        time.sleep(LET_GO)
        undisturbed += row["other_load"] < DISTURBED
    return row


def describe_rates(settings, record):
    rows = []
    for rate in sorted({row["rate"] for row in record.of("rate")}):
        base = None
        for target in settings.targets:
            runs = record.of("rate", target=target, rate=rate)
            cpu = [row["cpu_us"] for row in runs]
            base = base or median(cpu)
            rows.append([target, f"{rate:,.0f}", *rate_cells(runs), ratio(median(cpu), base)])
    heads = ["", "calls/s", "CPU µs/call", "of it user (rough)", "load", "set-up p50 ms", "p99 ms"]
    heads += ["failed", "retransmitted", "clean", "other load", "stolen", "pace ms", "ratio"]
    note = "\nCPU is exact; its user part is what the kernel's ticks sampled, with two standard\n"
    note += "deviations of that sample. *Other load* is what else ran, in processors; *pace* is what a\n"
    note += "fixed piece of work took before: it shows a busy host. Ratios are of medians.\n"
    return table(heads, rows) + note


def rate_cells(runs):
    def column(key):
        return [row[key] for row in runs]

    error = median(column("user_error_us")) / len(runs) ** 0.5
    return [
        spread(column("cpu_us")),
        f"{spread(column('user_us'))} ± {error:.1f}",
        f"{median(column('load')):.0%}",
        f"{median(column('setup_p50_ms')):.2f}",
        spread(column("setup_p99_ms"), 2),
        f"{sum(column('failed'))}/{sum(column('calls'))}",
        sum(generator.retransmissions(row) for row in runs),
        f"{sum(generator.is_clean(row) for row in runs)}/{len(runs)}",
        spread(column("other_load"), 2),
        spread(column("stolen"), 2),
        spread(column("pace_ms")),
    ]


def describe_ladders(settings, record):
    rows, base = [], None
    for target in settings.targets:
        ladders = record.of("ladder", target=target)
        clean = [row["clean"] for row in ladders]
        base = base or median(clean)
        rows.append(
            [
                target,
                spread(clean, 0),
                spread([row["cpu_us"] for row in ladders]),
                spread([row["load"] for row in ladders], 2),
                spread([row["idle_share"] for row in ladders], 2),
                spread([row["idle_after"] for row in ladders], 2),
                ratio(median(clean), base),
            ]
        )
    heads = ["", "clean calls/s", "CPU µs/call there", "load", "generator idle", "a step later"]
    note = (
        f"\nSteps of × {settings.ladder_step:g}. Clean: fewer than 0.1 % failed, and fewer than\n"
    )
    note += "0.1 % retransmitted. Where the generator's idle share is near 0 it is the limit, and\n"
    note += "the server's own is higher.\n"
    return table([*heads, "ratio"], rows) + note
