"""What a run is told by its environment."""

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
ROOT = FOLDER.parent.parent
BUILD = ROOT / ".build" / "bench"

SERVER_IP, PORT, TLS_PORT = "127.10.0.1", 25060, 25061
CALLER = "127.10.4.1:25062"
CALLEE_IP, CALLEE_PORT = "127.10.0.3", 25070


def number(name, usual):
    return float(os.environ.get(name) or usual)


@dataclass(frozen=True)
class Settings:
    quick: bool
    repetitions: int
    rates: tuple
    targets: tuple
    program: str
    parser: str
    server_cpus: str
    generator_cpus: str
    lock: str
    patience: float
    seconds: float
    warm_seconds: float
    ladder_start: float
    ladder_step: float
    ladder_seconds: float
    held_calls: int


def from_environment():
    quick = os.environ.get("QUICK", "0") not in ("", "0")
    usual = os.environ.get
    return Settings(
        quick=quick,
        repetitions=int(number("REPS", 1 if quick else 3)),
        rates=tuple(float(x) for x in usual("RATES", "1500").replace(",", " ").split()),
        targets=tuple(usual("TARGETS", "kamailio ours").replace(",", " ").split()),
        program=usual("OURS_BIN", str(ROOT / ".build" / "release" / "sallyport")),
        parser=usual("PARSER_BIN", ""),
        server_cpus=usual("SERVER_CPUS", "1"),
        generator_cpus=usual("GENERATOR_CPUS", "0"),
        patience=number("QUIET_WAIT", 15),
        lock=usual("BENCH_LOCK", ""),
        seconds=number("SECONDS_EACH", 5 if quick else 15),
        warm_seconds=number("WARM_SECONDS", 2 if quick else 6),
        ladder_start=number("LADDER_START", 5400),
        ladder_step=number("LADDER_STEP", 1.44 if quick else 1.2),
        ladder_seconds=number("LADDER_SECONDS", 3 if quick else 4),
        held_calls=int(number("HELD", 5000 if quick else 20000)),
    )
