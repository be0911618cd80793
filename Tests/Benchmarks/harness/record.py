"""What a whole run found: rows in memory, raw JSON on disk, sentences about what went wrong."""

import json
import subprocess
import time

from . import accounting
from .settings import BUILD, ROOT


class Record:
    def __init__(self, settings):
        self.settings = settings
        self.began = time.strftime("%Y-%m-%d %H:%M:%S")
        self.path = BUILD / time.strftime("results-%Y%m%d-%H%M%S.json")
        self.rows = []
        self.problems = []
        self.sections = []

    def add(self, kind, target, row):
        row = {"kind": kind, "target": target, **row}
        self.rows.append(row)
        self.save()
        return row

    def of(self, kind, **wanted):
        return [
            row
            for row in self.rows
            if row["kind"] == kind and all(row[key] == value for key, value in wanted.items())
        ]

    def problem(self, text):
        self.problems.append(text)
        print(f"  ! {text}", flush=True)

    def judge(self, what, target, row):
        """Calls must not fail. The peer is excused for fewer than one in a thousand: it is driven
        at its own limit."""
        excused = 0 if target == "ours" else row["calls"] * 1e-3
        if row["failed"] > excused:
            self.problem(f"{what}, {target}: {row['failed']} of {row['calls']} calls failed")

    def section(self, title, text):
        self.sections.append(f"### {title}\n\n{text}")

    def save(self):
        BUILD.mkdir(parents=True, exist_ok=True)
        with open(self.path, "w") as file:
            json.dump(
                {
                    "began": self.began,
                    "machine": accounting.describe(),
                    "commit": commit(),
                    "rows": self.rows,
                    "problems": self.problems,
                },
                file,
                indent=1,
            )

    def markdown(self):
        head = f"{self.began}, {accounting.describe()}, commit {commit()}. "
        head += "Median [least..most] of the repetitions. Loopback; "
        head += f"servers on processor {self.settings.server_cpus}, "
        head += f"the generator on {self.settings.generator_cpus}."
        return "\n".join([head, "", *self.sections])


def commit():
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    try:
        return (
            subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()
            or "unknown"
        )
    except OSError:
        return "unknown"


def say(text):
    print(f"  {text}", flush=True)
