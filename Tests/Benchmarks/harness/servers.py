"""The programs under test: each a stateful, record-routing proxy from callers to callees."""

import contextlib
import glob
import os
import shutil
import tempfile
import time

from . import accounting, programs
from .settings import CALLEE_IP, CALLEE_PORT, FOLDER, PORT, SERVER_IP, TLS_PORT

CHILDREN = 2
SHARED_MEMORY_MIB = "4096"


def fill(template, into, places):
    text = template.read_text()
    for name, value in places.items():
        text = text.replace(f"@{name}@", str(value))
    into.write_text(text)
    return str(into)


def common_places(folder, level):
    return {
        "LISTEN_IP": SERVER_IP,
        "LISTEN_PORT": PORT,
        "TLS_PORT": TLS_PORT,
        "NEXT_IP": CALLEE_IP,
        "NEXT_PORT": CALLEE_PORT,
        "RUNDIR": folder,
        "LEVEL": level,
    }


class Kamailio:
    """Tuned: one core, two children, the fast allocator, no TCP but where it is asked for."""

    defines = {
        "proxy": (),
        "workers": (),
        "held": ("WITH_DIALOG",),
        "tcp": ("WITH_TCP",),
        "pike": ("WITH_PIKE",),
    }

    def __init__(self, settings):
        self.settings = settings

    def command(self, folder, level):
        if not shutil.which("kamailio"):
            raise programs.CannotRun("kamailio is not installed")
        modules = glob.glob("/usr/lib/*/kamailio/modules/") + glob.glob(
            "/usr/lib*/kamailio/modules/"
        )
        if not modules:
            raise programs.CannotRun("Kamailio's modules were not found below /usr/lib")
        places = common_places(folder, level) | {"CHILDREN": CHILDREN, "MODULES": modules[0]}
        config = fill(FOLDER / "kamailio" / "kamailio.cfg.in", folder / "kamailio.cfg", places)
        defines = [part for name in self.defines[level] for part in ("-A", name)]
        memory = ["-x", "fm", "-X", "fm", "-m", SHARED_MEMORY_MIB, "-M", "16"]
        state = ["-Y", str(folder), "-P", str(folder / "pid")]
        return ["kamailio", "-DD", "-E", "-f", config, *memory, *state, *defines]

    @staticmethod
    def allocated(folder):
        """Bytes that its allocator has given out. The size of its shared memory tells nothing: what
        a burst of transactions once touched is never given back."""
        control = f"unixs:{folder}/ctl.sock"
        text = programs.output_of(["kamcmd", "-s", control, "core.shmmem"])
        fields = dict(line.split(":") for line in text.splitlines() if ":" in line)
        return int({key.strip(): value for key, value in fields.items()}["real_used"])


class Ours:
    """`sallyport run POLICY`."""

    templates = {"held": "proxy"}

    def __init__(self, settings):
        self.settings = settings

    def command(self, folder, level):
        program = os.path.abspath(self.settings.program)
        if not os.access(program, os.X_OK):
            raise programs.CannotRun(f"{program} is not there: run `make build`, or set OURS_BIN")
        template = FOLDER / "levels" / f"{self.templates.get(level, level)}.yaml.in"
        return [
            program,
            "run",
            fill(template, folder / "policy.yaml", common_places(folder, level)),
        ]

    @staticmethod
    def allocated(folder):
        return None


# `kamailio-again` is the peer beside itself: how far two equal programs are apart in this method.
KINDS = {"kamailio": Kamailio, "kamailio-again": Kamailio, "ours": Ours}


def is_bound():
    octets = reversed([int(x) for x in SERVER_IP.split(".")])
    address = "".join(f"{x:02X}" for x in octets) + f":{PORT:04X} "
    return address in accounting.text_of("/proc/net/udp")


class Server:
    def __init__(self, process, folder, kind):
        self.process, self.folder, self.kind = process, folder, kind
        self.pids = accounting.family(process.pid)

    def refresh(self):
        self.pids = accounting.family(self.process.pid)

    def allocated(self):
        return self.kind.allocated(self.folder)

    def check_alive(self):
        if self.process.poll() is not None:
            raise programs.CannotRun(
                f"the server ended with status {self.process.returncode}:\n{self.last_words()}"
            )

    def last_words(self):
        return accounting.text_of(self.folder / "log")[-2000:]


@contextlib.contextmanager
def running(target, level, settings, environment=None):
    """Starts a server on its own core, and ends it."""
    if target not in KINDS:
        raise programs.CannotRun(f"{target} is no target: {', '.join(KINDS)} are")
    if is_bound():
        raise programs.CannotRun(f"{SERVER_IP}:{PORT} is in use")
    # A short path: a Unix socket's name may have 107 octets.
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = type(FOLDER)(name)
        kind = KINDS[target](settings)
        environment = {**os.environ, **(environment or {})}
        command = kind.command(folder, level)
        process = programs.start(command, settings.server_cpus, folder / "log", env=environment)
        server = Server(process, folder, kind)
        try:
            wait_until_bound(server)
            yield server
            server.check_alive()
        finally:
            programs.stop(process)


def wait_until_bound(server, patience=10):
    end = time.time() + patience
    while not is_bound():
        server.check_alive()
        if time.time() > end:
            raise programs.CannotRun(f"nothing listens after {patience} s:\n{server.last_words()}")
        time.sleep(0.05)
    time.sleep(0.5)
    server.refresh()
