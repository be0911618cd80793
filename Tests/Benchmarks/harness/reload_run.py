"""Calls while the policy is loaded anew each second: none may be lost, and no earlier one kept."""

import json
import os
import subprocess
import threading
import time

from . import generator, programs, servers
from .record import say
from .table import table

RATE = 500
# The calls of the run last half a second; their records are remembered for 32 s after their end.
FORGOTTEN = 45


def run(settings, record):
    generator.build()
    for _ in range(settings.repetitions):
        row = record.add("reload", "ours", measure(settings))
        record.judge("reload", "ours", row)
        if row["refused"] or row["earlier_left"]:
            record.problem(
                f"reload: {row['refused']} refused, {row['earlier_left']} earlier policies left"
            )
        say(
            f"{row['calls']:,} calls, {row['failed']} failed, {row['reloads']} reloads, "
            f"{row['caller_retransmissions']} + {row['callee_retransmissions']} retransmissions"
        )
    record.section("Calls amid reloads", describe(record))


def measure(settings):
    with servers.running("ours", "reload", settings) as server:
        policies = versions(server.folder / "policy.yaml")
        over = threading.Event()
        counts = {"reloads": 0, "refused": 0, "most_earlier": 0}
        worker = threading.Thread(target=reload, args=(server, settings, policies, over, counts))
        worker.start()
        try:
            with programs.measuring(settings):
                row = generator.load(server, settings, RATE, settings.seconds)
        finally:
            over.set()
            worker.join()
        return row | counts | {"earlier_left": earlier_left(server, settings)}


def versions(path):
    """The policy as it is, and with the callee's peer under another name."""
    text = path.read_text()
    return [text.replace("name: next", "name: other").replace("to: next", "to: other"), text]


def reload(server, settings, policies, over, counts):
    while not over.wait(1):
        (server.folder / "policy.yaml").write_text(policies[counts["reloads"] % len(policies)])
        counts["refused"] += control(server, settings, "reload").returncode != 0
        counts["reloads"] += 1
        counts["most_earlier"] = max(counts["most_earlier"], earlier(server, settings))


def control(server, settings, *order):
    program = os.path.abspath(settings.program)
    command = [program, "ctl", "--socket", str(server.folder / "ctl.sock"), *order]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def earlier(server, settings):
    status = control(server, settings, "status", "--format", "json")
    return json.loads(status.stdout)["earlier-policies"]


def earlier_left(server, settings):
    end = time.monotonic() + FORGOTTEN
    while (left := earlier(server, settings)) and time.monotonic() < end:
        time.sleep(0.5)
    return left


def describe(record):
    rows = [
        [
            f"{row['calls']:,}",
            row["failed"],
            row["caller_retransmissions"] + row["callee_retransmissions"],
            row["reloads"],
            row["most_earlier"],
            f"{row['setup_p99_ms']:.2f}",
        ]
        for row in record.of("reload")
    ]
    heads = ["calls", "failed", "retransmissions", "reloads", "earlier policies at most", "p99 ms"]
    return table(heads, rows) + f"\n{RATE} calls/s over two workers, a reload each second.\n"
