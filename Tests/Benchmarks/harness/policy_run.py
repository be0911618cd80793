"""What a large policy costs: to load it, and to look a route up in it."""

import json
import math
import re
import subprocess

from . import policies, programs
from .record import say
from .settings import BUILD
from .table import median, spread, table

ROUTES = [100, 1_000, 10_000, 100_000]
ROWS = 100_000
PATTERNS = 50_000
PREFIXES = [100, 1_000, 10_000, 100_000, 1_000_000]
# All that a look-up does is done within this function.
LOOK_UP = "7Routing5StageV5first"
COUNTED = 1_000


def run(settings, record):
    program = programs.build_swift("PolicyBenchmark")
    BUILD.mkdir(parents=True, exist_ok=True)
    for _ in range(settings.repetitions):
        for routes in ROUTES:
            load(settings, record, program, routes)
        load_table(settings, record, program)
        load_patterns(settings, record, program)
        for prefixes in PREFIXES:
            row = measured(settings, program, "routes", prefixes)
            record.add("policy-look-up", "ours", row)
            say(f"{prefixes:9,} prefixes  {row['ns']:6.0f} ns")
    for prefixes in PREFIXES:
        row = {"prefixes": prefixes, "instructions": count(program, prefixes)}
        record.add("policy-instructions", "ours", row)
        say(f"{prefixes:9,} prefixes  {row['instructions']:6.0f} instructions")
    record.section("Policies", describe_loads(record))
    record.section("Look-ups of routes", describe_look_ups(record))


def measured(settings, program, what, argument):
    with programs.measuring(settings):
        command = programs.pinned(settings.server_cpus) + [program, what, str(argument)]
        return json.loads(programs.output_of(command))


def load(settings, record, program, routes):
    path = BUILD / f"policy-{routes}.yaml"
    peers = max(10, routes // 10)
    policies.write(path, peers, routes)
    alone = measured(settings, program, "parse", path)
    row = measured(settings, program, "load", path)
    path.unlink()
    if row["routes"] != routes:
        record.problem(f"a policy with {routes} routes was loaded with {row['routes']}")
    row |= {"peers": peers, "parse": alone["parse"], "parseMiB": alone["MiB"]}
    record.add("policy-load", "ours", row)
    own = row["total"] - row["parse"]
    say(f"{routes:9,} routes    {row['total']:6.3f} s, {own:6.3f} s of it ours")


def load_table(settings, record, program):
    path = BUILD / "policy-table.yaml"
    policies.write_with_table(path, 100, ROWS)
    row = measured(settings, program, "load", path)
    path.unlink()
    path.with_suffix(".csv").unlink()
    if row["routes"] != ROWS:
        record.problem(f"a table of {ROWS} rows was loaded with {row['routes']}")
    record.add("policy-table", "ours", row)
    say(f"{ROWS:9,} rows      {row['total']:6.3f} s")


def load_patterns(settings, record, program):
    path = BUILD / "policy-patterns.yaml"
    policies.write_with_patterns(path, 100, PATTERNS)
    row = measured(settings, program, "load", path)
    path.unlink()
    if row["routes"] != PATTERNS:
        record.problem(f"{PATTERNS} routes with patterns were loaded with {row['routes']}")
    record.add("policy-patterns", "ours", row)
    say(f"{PATTERNS:9,} patterns  {row['total']:6.3f} s")


def count(program, prefixes):
    """Instructions of one look-up, by callgrind."""
    symbols = programs.output_of(["nm", "--defined-only", program]).split()
    watched = [x for x in symbols if LOOK_UP in x and x.endswith("tF")]
    if len(watched) != 1:
        raise programs.CannotRun(f"found {len(watched)} ways to look a route up")
    # The debugger's notes of a program as large as this one are more than valgrind reads.
    bare = BUILD / "policy.bare"
    programs.output_of(["strip", "--strip-debug", "-o", str(bare), str(program)])
    file = BUILD / "policy.callgrind"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}"]
    command += ["--collect-atstart=no", f"--toggle-collect={watched[0]}"]
    done = subprocess.run(
        [*command, str(bare), "count", str(prefixes)], capture_output=True, text=True
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise programs.CannotRun(f"callgrind: {done.stderr[-300:]}")
    # A tenth of them goes before, to warm up.
    return int(found[1]) / (COUNTED * 1.1)


def describe_loads(record):
    rows = []
    for routes in ROUTES:
        found = record.of("policy-load", routes=routes)
        own = [x["total"] - x["parse"] for x in found]
        rows.append(
            [
                f"{found[0]['peers']:,}",
                f"{routes:,}",
                spread([x["total"] for x in found], 3),
                spread([x["parse"] for x in found], 3),
                spread(own, 3),
                spread([x["MiB"] for x in found], 0),
            ]
        )
    heads = ["peers", "routes", "load, lint and build, s", "the YAML library alone, s", "ours, s"]
    text = table([*heads, "most memory, MiB"], rows)
    text += "\n" + describe_many(record, "policy-table", "A table", ROWS, "rows")
    text += describe_many(record, "policy-patterns", "YAML", PATTERNS, "routes with a pattern each")
    return text + "CPU time.\n"


def describe_many(record, name, what, count, things):
    found = record.of(name)
    seconds = [x["total"] for x in found]
    return (
        f"{what} of {count:,} {things}: {spread(seconds, 3)} s in all,"
        f" {count / median(seconds):,.0f} of them each second,"
        f" {spread([x['MiB'] for x in found], 0)} MiB.\n"
    )


def describe_look_ups(record):
    rows = []
    first = None
    for prefixes in PREFIXES:
        ns = [x["ns"] for x in record.of("policy-look-up", prefixes=prefixes)]
        found = record.of("policy-instructions", prefixes=prefixes)[0]["instructions"]
        each = median(ns) / math.log2(prefixes)
        first = first or each
        rows.append(
            [f"{prefixes:,}", spread(ns, 0), f"{found:,.0f}", f"{each:.1f}", f"{each / first:.2f}"]
        )
    heads = ["prefixes", "ns", "instructions", "ns / log2(prefixes)", "of the first row's"]
    note = "\nHalf of the numbers have a route. No faster than the logarithm: at most 1.\n"
    return table(heads, rows) + note
