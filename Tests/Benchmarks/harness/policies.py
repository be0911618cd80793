"""Policies of any size, from a seed. Nothing of this is kept in the tree."""

import random

HEAD = """version: 1
element: { name: big }
listeners:
  - { name: udp4, transport: udp, address: "127.0.0.1:5060" }
  - { name: tcp4, transport: tcp, address: "127.0.0.1:5060" }
"""


def write(path, peers, routes):
    """A policy that names every peer and every route in YAML."""
    chance = random.Random(1)
    with open(path, "w") as file:
        file.write(HEAD + "peers:\n")
        file.writelines(peer(number) for number in range(peers))
        file.write("routes:\n")
        for number, prefix in enumerate(prefixes(routes, chance)):
            to = chance.randrange(peers)
            file.write(f'  - {{ name: r-{number}, user-prefix: "{prefix}", to: peer-{to} }}\n')


def write_with_patterns(path, peers, routes):
    """A policy whose routes have a pattern each, another one every time."""
    chance = random.Random(1)
    with open(path, "w") as file:
        file.write(HEAD + "peers:\n")
        file.writelines(peer(number) for number in range(peers))
        file.write("routes:\n")
        for number, prefix in enumerate(prefixes(routes, chance)):
            to = chance.randrange(peers)
            pattern = prefix + chance.choice(["X.", "XX!", "[2-9]X{3,6}"])
            file.write(f'  - {{ name: r-{number}, user-pattern: "{pattern}", to: peer-{to} }}\n')


def write_with_table(path, peers, rows):
    """A policy with one route whose prefixes stand in a table beside it."""
    chance = random.Random(1)
    table = path.with_suffix(".csv")
    with open(path, "w") as file:
        file.write(HEAD + "peers:\n")
        file.writelines(peer(number) for number in range(peers))
        file.write(f"routes:\n  - {{ name: numbers, table: {table.name} }}\n")
    with open(table, "w") as file:
        file.write("prefix,to\n")
        for prefix in prefixes(rows, chance):
            file.write(f"{prefix},peer-{chance.randrange(peers)}\n")


def peer(number):
    first = (10 << 24) + number * 16
    source, target = dotted(first), dotted(first + 1)
    return (
        f"  - {{ name: peer-{number}, sources: [{source}/28], listeners: [udp4, tcp4],"
        f' targets: ["udp:{target}:5060"] }}\n'
    )


def dotted(address):
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


def prefixes(count, chance):
    """Distinct ones of 6 to 11 digits, in no order."""
    found = set()
    while len(found) < count:
        digits = chance.randrange(6, 12)
        prefix = f"+{chance.randrange(10 ** (digits - 1), 10**digits)}"
        if prefix not in found:
            found.add(prefix)
            yield prefix
