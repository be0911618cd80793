"""CPU time and memory of processes, and what else the machine did meanwhile."""

import hashlib
import os
import time
from dataclasses import dataclass

TICK = 1 / os.sysconf("SC_CLK_TCK")


def text_of(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def stat_fields(path):
    """The fields of a `stat` file behind the command's name, which may itself hold spaces."""
    text = text_of(path)
    return text[text.rindex(")") + 2 :].split() if ")" in text else []


def family(pid):
    """A process and all its descendants that live."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        fields = stat_fields(f"/proc/{name}/stat")
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return [each for each in found if os.path.exists(f"/proc/{each}")]


def tasks(pid):
    try:
        return [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


@dataclass(frozen=True)
class CPU:
    """Seconds. The total is exact. How it splits into user and system the kernel only samples, once
    in each of its ticks (4 ms at 250 Hz)."""

    total: float
    user: float
    system: float

    def __sub__(self, other):
        return CPU(self.total - other.total, self.user - other.user, self.system - other.system)


def cpu_of_task(pid, task):
    """Seconds on a CPU, to the nanosecond."""
    fields = text_of(f"/proc/{pid}/task/{task}/schedstat").split()
    return int(fields[0]) * 1e-9 if fields else 0.0


def cpu_of(pids):
    total = user = system = 0.0
    for pid in pids:
        fields = stat_fields(f"/proc/{pid}/stat")
        if fields:
            user += int(fields[11]) * TICK
            system += int(fields[12]) * TICK
        total += sum(cpu_of_task(pid, task) for task in tasks(pid))
    return CPU(total or user + system, user, system)


def cpu_by_thread(pids):
    """Seconds by (process, thread, name)."""
    return {
        (pid, task, text_of(f"/proc/{pid}/task/{task}/comm").strip()): cpu_of_task(pid, task)
        for pid in pids
        for task in tasks(pid)
    }


def proportional_memory(pids):
    """Bytes: what processes share is counted once (PSS)."""
    kibibytes = 0
    for pid in pids:
        for line in text_of(f"/proc/{pid}/smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                kibibytes += int(line.split()[1])
    return kibibytes * 1024


@dataclass(frozen=True)
class Machine:
    """Seconds of all processors together, since the machine began."""

    busy: float
    stolen: float

    def __sub__(self, other):
        return Machine(self.busy - other.busy, self.stolen - other.stolen)


def machine():
    fields = [int(x) * TICK for x in text_of("/proc/stat").splitlines()[0].split()[1:9]]
    user, nice, system, _, _, interrupt, soft_interrupt, stolen = fields
    return Machine(user + nice + system + interrupt + soft_interrupt, stolen)


def load_of_machine(seconds):
    """How many processors were busy for so long."""
    first = machine()
    time.sleep(seconds)
    return (machine() - first).busy / seconds


def pace(cpus):
    """Milliseconds that a fixed piece of work takes on these processors. Neighbours on a virtual
    machine's host slow it down without any other trace."""
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {int(x) for x in cpus.split(",")})
        return min(timed_work() for _ in range(3))
    except (OSError, ValueError):
        return timed_work()
    finally:
        os.sched_setaffinity(0, before)


def timed_work():
    start = time.thread_time()
    hashlib.sha256(bytes(1 << 23)).digest()
    return (time.thread_time() - start) * 1000


def dropped_datagrams():
    """UDP datagrams that a full receive buffer cost, on the whole machine."""
    lines = [x.split() for x in text_of("/proc/net/snmp").splitlines() if x.startswith("Udp:")]
    return int(dict(zip(*lines))["RcvbufErrors"])


def describe():
    model = next(
        (x.split(":")[1] for x in text_of("/proc/cpuinfo").splitlines() if "model name" in x), "?"
    )
    memory = int(text_of("/proc/meminfo").split()[1]) / 2**20
    release = os.uname()
    return (
        f"{os.cpu_count()} × {model.strip()}, {memory:.0f} GiB, "
        f"{release.sysname} {release.release} {release.machine}"
    )
