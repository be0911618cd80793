"""Medians with their spread, and tables in Markdown."""

import statistics


def spread(values, digits=1):
    values = [x for x in values if x is not None]
    if not values:
        return "–"
    middle = f"{statistics.median(values):,.{digits}f}"
    return f"{middle} [{min(values):,.{digits}f}..{max(values):,.{digits}f}]"


def median(values):
    values = [x for x in values if x is not None]
    return statistics.median(values) if values else None


def ratio(value, base, digits=2):
    return "–" if not value or not base else f"{value / base:.{digits}f}"


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
