"""How evenly two workers share the calls of one peer: one address and port on each side."""

from . import generator, programs, servers
from .record import say
from .table import table

RATE = 3000


def run(settings, record):
    generator.build()
    targets = [x for x in settings.targets if x == "ours"] or settings.targets[:1]
    for target in targets:
        for _ in range(settings.repetitions):
            row = record.add("workers", target, share(target, settings))
            record.judge("two workers", target, row)
            say(f"{target:10} {row['shares']}, difference {row['difference']:.0%}")
    record.section("Two workers, one peer", describe(record))


def share(target, settings):
    """Both workers stay on the server's one core, so that neither shares a core with the generator
    and the two work under the same conditions."""
    with (
        programs.measuring(settings),
        servers.running(target, "workers", settings) as server,
    ):
        generator.load(server, settings, RATE, settings.warm_seconds)
        row = generator.load(server, settings, RATE, settings.seconds)
    busiest = sorted(row["threads"], key=lambda thread: -thread[3])[:2]
    most, least = (seconds for *_, seconds in busiest)
    shares = {f"{name} ({task})": round(seconds, 3) for _, task, name, seconds in busiest}
    return row | {"shares": shares, "difference": (most - least) / most}


def describe(record):
    rows = []
    for row in record.of("workers"):
        shown = ", ".join(f"{name}: {seconds:.2f} s" for name, seconds in row["shares"].items())
        cpu = f"{row['cpu_us']:.1f}"
        rows.append([row["target"], f"{row['calls']:,}", shown, f"{row['difference']:.1%}", cpu])
    return table(["", "calls", "CPU of each", "difference", "CPU µs/call"], rows)
