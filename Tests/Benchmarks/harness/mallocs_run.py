"""How often the server calls malloc and its kin while 10,000 calls pass in steady state."""

import mmap
import shutil
import struct
import subprocess

from . import accounting, generator, programs, servers
from .record import say
from .settings import BUILD
from .table import table

KINDS = ["malloc", "calloc", "realloc", "aligned"]
TRACES, FRAMES = 32, 16
WORDS = len(KINDS) + 3 + TRACES * FRAMES
CALLS, RATE = 10_000, 1000
# Transactions live 32 s: before that, tables still grow towards their size at this rate.
WARM, WARM_QUICK = 40, 5


class Counters:
    """What MallocCount/malloc_count.c counts, in a file that the server and this program share."""

    def __init__(self, path):
        with open(path, "w+b") as file:
            file.truncate(WORDS * 8)
            self.map = mmap.mmap(file.fileno(), WORDS * 8)

    def words(self):
        return struct.unpack(f"{WORDS}Q", self.map[:])

    def calls(self):
        return dict(zip(KINDS, self.words()))

    def trace(self):
        self.map[(len(KINDS) + 1) * 8 : (len(KINDS) + 2) * 8] = struct.pack("Q", 1)

    def traces(self):
        words = self.words()[len(KINDS) + 3 :]
        rows = [words[place * FRAMES : (place + 1) * FRAMES] for place in range(TRACES)]
        return [[frame for frame in row if frame] for row in rows if any(row)]


def run(settings, record):
    generator.build()
    shim = programs.build_c("malloc-count.so", "MallocCount", ["-shared", "-fPIC"])
    for target in subjects(settings):
        row = count(target, shim, settings)
        record.judge("mallocs", target, record.add("mallocs", target, row))
        shown = ", ".join(f"{kind} {number}" for kind, number in row["counted"].items())
        say(f"{target:10} in {row['calls']} calls: {shown}")
        for place in row["places"]:
            say(f"  by {place}")
    record.section("Allocations in steady state", describe(record))


def subjects(settings):
    """Kamailio has an allocator of its own: its figure says nothing, unless ours is not there."""
    return [x for x in settings.targets if x == "ours"] or settings.targets[:1]


def count(target, shim, settings):
    path = str(BUILD / "mallocs")
    counters = Counters(path)
    environment = {"LD_PRELOAD": shim, "MALLOC_COUNT": path}
    with servers.running(target, "proxy", settings, environment) as server:
        warm = WARM_QUICK if settings.quick else WARM
        with programs.measuring(settings):
            generator.load(server, settings, RATE, warm)
        counters.trace()
        before = counters.calls()
        with programs.measuring(settings):
            row = generator.load(server, settings, RATE, CALLS / RATE)
        after = counters.calls()
        counted = {kind: after[kind] - before[kind] for kind in KINDS}
        places = name_places(server, counters.traces())
    return row | {"counted": counted, "before": before, "places": places}


def name_places(server, traces):
    """Who allocated: the callers of each trace, the innermost first, without the counter itself."""
    shown = []
    for trace in traces:
        names = [name_of(server.process.pid, frame) for frame in trace]
        names = [name for name in names if "malloc-count" not in name]
        line = " < ".join(names[:5])
        if line not in shown:
            shown.append(line)
    return shown


def name_of(pid, address):
    start, path = None, ""
    for line in accounting.text_of(f"/proc/{pid}/maps").splitlines():
        fields = line.split()
        first, last = (int(x, 16) for x in fields[0].split("-"))
        name = fields[5] if len(fields) > 5 else ""
        if name != path:
            start, path = first, name
        if first <= address < last:
            return symbol(path, address - start) if path.startswith("/") else hex(address)
    return hex(address)


def symbol(path, offset):
    tool = shutil.which("llvm-symbolizer") or shutil.which("addr2line")
    if not tool or "malloc-count" in path:
        return f"{path.rsplit('/', 1)[-1]}+{offset:#x}"
    # The return address: one octet before it lies in the call.
    name = first_line([tool, "-f", "-C", "-e", path, hex(offset - 1)])
    if shutil.which("swift") and name.startswith("$s"):
        name = first_line(["swift", "demangle", "--compact", "--simplified", name])
    return name or f"{path}+{offset:#x}"


def first_line(command):
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout.partition("\n")[0].strip()


def describe(record):
    rows = [
        [row["target"], f"{row['calls']:,}", *row["counted"].values()]
        for row in record.of("mallocs")
    ]
    return table(["", "calls", *KINDS], rows)
