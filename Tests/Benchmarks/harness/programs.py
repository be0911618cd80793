"""Building, starting and ending programs. Only what was started here is ever ended."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time

from . import accounting
from .settings import BUILD, FOLDER, ROOT

WEIGHT = "-12"  # other work on a shared machine must not preempt a run


class CannotRun(Exception):
    """Something that a benchmark needs is not there, or does not work."""


def output_of(command, **more):
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout
    except FileNotFoundError:
        raise CannotRun(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as failure:
        last = (failure.stderr or failure.stdout or "").strip()[-2000:]
        raise CannotRun(f"{' '.join(command)}: status {failure.returncode}\n{last}") from None


def build_c(name, folder, flags=(), libraries=()):
    """A C program of all sources in a folder of Tests/Benchmarks."""
    BUILD.mkdir(parents=True, exist_ok=True)
    made = BUILD / name
    sources = [str(path) for path in sorted((FOLDER / folder).glob("*.c"))]
    flags = ["-O2", "-march=native", "-Wall", "-Wextra", "-Werror", "-std=gnu11", *flags]
    output_of(["gcc", *flags, "-o", str(made), *sources, *libraries])
    return str(made)


def build_swift(product):
    """An executable target of this package, built for release."""
    with locked(os.environ.get("BENCH_LOCK", "")):
        output_of(["swift", "build", "-c", "release", "--product", product], cwd=ROOT)
    return str(ROOT / ".build" / "release" / product)


@contextlib.contextmanager
def measuring(settings):
    """Around each measurement: holds the lock, and waits a while for other work to end."""
    with locked(settings.lock):
        end = time.monotonic() + settings.patience
        while accounting.load_of_machine(0.5) > 0.1 and time.monotonic() < end:
            pass
        yield


@contextlib.contextmanager
def locked(path):
    """Holds a file's lock while something is measured: whoever builds on the same machine can take
    it too, so that the two do not disturb each other."""
    if not path:
        yield
        return
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pinned(cpus, weight=WEIGHT):
    nice = ["nice", "-n", weight] if os.geteuid() == 0 or int(weight) > 0 else []
    return nice + (["taskset", "-c", cpus] if cpus and shutil.which("taskset") else [])


def weigh_session(pid, weight=WEIGHT):
    """Where the kernel groups tasks by session, niceness acts within a session only: the session
    has a weight of its own."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/autogroup", "w") as file:
        file.write(weight)


def start(command, cpus, log, weight=WEIGHT, **more):
    with open(log, "ab") as file:
        more = {"stdin": subprocess.DEVNULL, "stdout": file, **more}
        process = subprocess.Popen(
            pinned(cpus, weight) + command, stderr=file, start_new_session=True, **more
        )
    weigh_session(process.pid, weight)
    return process


def stop(process, patience=5):
    """Asks a process to end, then ends it and whatever it started; its exit status if it obeyed."""
    started = accounting.family(process.pid)
    status = None
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        status = process.wait(patience)
    for pid in started:
        if pid != process.pid or process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    process.wait()
    return status
