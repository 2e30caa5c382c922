# Network namespaces without names: they end with the last process and descriptor that holds them.
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import ctypes
import os
import signal
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1


class LabError(Exception):
    """The laboratory could not be built, or something in it did not happen."""


def ask_kernel(call, *arguments):
    if call(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call.__name__}: {os.strerror(error)}")


def current():
    return os.open("/proc/self/ns/net", os.O_RDONLY)


def end_with_parent():
    """In a child: be killed when the process that started it ends, whatever way."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Namespace:
    def __init__(self):
        home = current()
        try:
            ask_kernel(LIBC.unshare, CLONE_NEWNET)
            self.fd = current()
        finally:
            ask_kernel(LIBC.setns, home, CLONE_NEWNET)
            os.close(home)

    @property
    def path(self):
        """What other programs can open to get here."""
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    @contextlib.contextmanager
    def inside(self):
        """Sockets and processes made within belong to this namespace for good."""
        home = current()
        try:
            ask_kernel(LIBC.setns, self.fd, CLONE_NEWNET)
            yield
        finally:
            ask_kernel(LIBC.setns, home, CLONE_NEWNET)
            os.close(home)

    def run(self, *command, given=None):
        """A short command; returns what it printed."""
        with self.inside():
            done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=20)
        if done.returncode != 0:
            raise LabError(f"{' '.join(command)}: {done.stderr.strip()}\n{given or ''}")
        return done.stdout

    def start(self, *command, **options):
        """A process that goes on; whoever starts it ends it."""
        options.setdefault("stdin", subprocess.DEVNULL)
        with self.inside():
            return subprocess.Popen(command, bufsize=0, preexec_fn=end_with_parent, start_new_session=True,
                                    **options)

    def read(self, file):
        with self.inside(), open(file, encoding="ascii") as opened:
            return opened.read()

    def sysctl(self, key, value):
        with self.inside(), open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as opened:
            opened.write(str(value))

    def close(self):
        os.close(self.fd)
