"""Calls through the server under test, and what they cost it."""

import json
import subprocess
import time
from dataclasses import dataclass

from . import accounting, programs
from .settings import BUILD, CALLEE_IP, CALLEE_PORT, CALLER, PORT, SERVER_IP

NAME = "call-generator"


def build():
    return programs.build_c(NAME, "CallGenerator")


@dataclass(frozen=True)
class Moment:
    time: float
    server: accounting.CPU
    threads: dict
    generator: accounting.CPU
    machine: accounting.Machine
    dropped: int


class Generator:
    """One run of the call generator, which prints marks as it goes and at its end what it counted."""

    def __init__(self, server, settings, rate, calls, hold_ms=500, keep_held=False):
        self.server = server
        address = f"{SERVER_IP}:{PORT}"
        command = [str(BUILD / NAME), "-s", address, "-u", CALLER]
        command += ["-d", f"{CALLEE_IP}:{CALLEE_PORT}", "-r", str(rate), "-n", str(calls)]
        command += ["-h", str(hold_ms)] + (["-H"] if keep_held else [])
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        log = BUILD / "generator.log"
        self.process = programs.start(command, settings.generator_cpus, log, **pipes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        programs.stop(self.process, patience=1)

    def wait_for(self, mark):
        for line in self.process.stdout:
            if line.strip() == f"MARK {mark}":
                return self.moment()
        raise programs.CannotRun(f"the generator ended before {mark}; see {BUILD}/generator.log")

    def moment(self):
        return Moment(
            time.monotonic(),
            accounting.cpu_of(self.server.pids),
            accounting.cpu_by_thread(self.server.pids),
            accounting.cpu_of([self.process.pid]),
            accounting.machine(),
            accounting.dropped_datagrams(),
        )

    def release(self):
        """Lets the held calls end."""
        self.process.stdin.close()

    def counts(self):
        return json.loads(self.process.stdout.readline())


def between(first, last, counts):
    """What lies between two moments, for each call."""
    calls, wall = counts["calls"], last.time - first.time
    server, generator = last.server - first.server, last.generator - first.generator
    machine = last.machine - first.machine
    split = server.user + server.system
    user_share = server.user / split if split > 0 else 0.0
    threads = {
        key: cpu - first.threads.get(key, 0.0)
        for key, cpu in last.threads.items()
        if cpu > first.threads.get(key, 0.0)
    }
    return counts | {
        "wall": wall,
        "cpu_us": server.total / calls * 1e6,
        "user_us": server.total * user_share / calls * 1e6,
        "user_error_us": user_error(server.total, user_share) / calls * 1e6,
        "load": server.total / wall,
        "threads": [[*key, seconds] for key, seconds in threads.items()],
        "other_load": max(0.0, machine.busy - server.total - generator.total) / wall,
        "stolen": machine.stolen / wall,
        "dropped": last.dropped - first.dropped,
    }


def user_error(total, share):
    """Two standard deviations of the seconds of user time, as a sample at the kernel's ticks: each
    tick that falls on the server says user or system. 250 ticks in a second is Debian's kernel."""
    ticks = max(1.0, total * 250)
    return 2 * total * (share * (1 - share) / ticks) ** 0.5


def load(server, settings, rate, seconds, hold_ms=500):
    """Places calls at a rate and waits until all have ended."""
    server.check_alive()
    pace = accounting.pace(settings.server_cpus)
    calls = max(1, int(rate * seconds))
    with Generator(server, settings, rate, calls, hold_ms) as generator:
        first = generator.wait_for("START")
        last = generator.wait_for("END")
        return between(first, last, generator.counts()) | {"rate": rate, "pace_ms": pace}


def is_clean(run):
    """Less than one call in a thousand failed, and less than one was rescued by a retransmission.
    Without the second condition retransmissions carry a UDP proxy far beyond what it can bear."""
    allowed = run["calls"] * 1e-3
    return run["failed"] < allowed and retransmissions(run) < allowed


def retransmissions(run):
    return run["caller_retransmissions"] + run["callee_retransmissions"]
