#!/usr/bin/env python3
"""Runs the installed tshark with the built plugin, or without it, as an ordinary user.

As root Wireshark loads neither personal plugins nor WIRESHARK_PLUGIN_DIR, so root drops to "nobody".  The
plugin is copied into a folder of its own: no installed copy and no personal setting can interfere.

    tests/cases/tshark.py -2 -r pcaps/case-a.pcapng -Y tcprst.event    runs it by hand

TCPRST_PLUGIN names the module to test; without it, the one built last is taken.  TCPRST_ROOT names a root
file system whose tshark is taken (packaging/matrix); the temporary folder must be the same in it.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import atexit
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
SEPARATOR = "\x1f"  # between several values of one field in one frame
LOUD_ABOUT_BUGS = {"WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1", "WIRESHARK_DEBUG_WMEM_OVERRIDE": "strict"}


def built_plugin():
    """The module under test."""
    if os.environ.get("TCPRST_PLUGIN"):
        return Path(os.environ["TCPRST_PLUGIN"])
    built = sorted(ROOT.glob("build/*/plugins/*/epan/tcprst.so"), key=lambda file: file.stat().st_mtime)
    if not built:
        raise FileNotFoundError("no module is built; build one or set TCPRST_PLUGIN")
    return built[-1]


@functools.cache
def series():
    """Version of the installed tshark as its plugin folders spell it, such as 4.0."""
    told = subprocess.run([*as_ordinary_user(), "tshark", "-v"], check=True, capture_output=True,
                          text=True).stdout
    return re.search(r"(\d+\.\d+)\.\d+", told)[1]


def is_at_least(major, minor):
    """Whether the installed tshark is of this series or a later one."""
    return tuple(map(int, series().split("."))) >= (major, minor)


@functools.cache
def workshop():
    """A folder that every user can read, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tcprst-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    return folder


def public_folder(prefix):
    """A new folder in the workshop."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=workshop()))
    folder.chmod(0o755)
    return folder


def give_away(path):
    """Hands a path to the user that tshark runs as."""
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


@functools.cache
def home():
    folder = public_folder("home-")
    give_away(folder)
    return folder


@functools.cache
def plugin_folder(module):
    """A folder for WIRESHARK_PLUGIN_DIR that holds this module only, or none."""
    folder = public_folder("plugins-")
    (folder / series() / "epan").mkdir(parents=True)
    if module:
        copy = shutil.copy(module, folder / series() / "epan" / "tcprst.so")
        os.chmod(copy, 0o755)
    return folder


def as_ordinary_user():
    """Words before a command so that it runs without privileges."""
    if "TCPRST_ROOT" in os.environ:
        return ["chroot", f"--userspec={NOBODY}:{NOBODY}", "--groups=", os.environ["TCPRST_ROOT"]]
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def environment(module, extra=()):
    """Nothing of the caller's own Wireshark settings."""
    return {"PATH": os.environ["PATH"], "HOME": str(home()), "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "WIRESHARK_PLUGIN_DIR": str(plugin_folder(module)), **dict(extra)}


@functools.cache
def readable(capture):
    """A copy of a capture that every user can read."""
    capture = Path(capture)
    if capture.is_relative_to(workshop()):
        return capture
    copy = Path(shutil.copy(capture, public_folder("capture-")))
    copy.chmod(0o644)
    return copy


def run(*words, plugin=True, extra=(), stdin=subprocess.DEVNULL, timeout=120):
    """tshark with these words; output as bytes.  plugin: the one built, none (False) or a module's path."""
    module = built_plugin() if plugin is True else plugin or None
    return subprocess.run([*as_ordinary_user(), "tshark", *map(str, words), "-n"], capture_output=True,
                          env=environment(module, extra), stdin=stdin, timeout=timeout, cwd=workshop())


def text(*words, **how):
    """Standard output of a run that must succeed."""
    result = run(*words, **how)
    told = result.stderr.decode(errors="replace")
    assert result.returncode == 0, f"{words} ended with {result.returncode}: {told}"
    return result.stdout.decode(errors="surrogateescape")


def rows(capture, fields, *words, source=(), **how):
    """{frame: {field: [values]}} of the frames that tshark prints.  Without a capture: words that name a source."""
    asked = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    source = source or ("-r", readable(capture))
    out = text(*source, *words, "-T", "fields", "-E", f"aggregator={SEPARATOR}", *asked, **how)
    return dict(read_row(line, fields) for line in out.splitlines())


def unescaped(value):
    """Since 4.4 `-T fields` writes a backslash as two."""
    return value.replace("\\\\", "\\") if is_at_least(4, 4) else value


def read_row(line, fields):
    number, *values = line.split("\t")
    return int(number), {field: unescaped(value).split(SEPARATOR)
                         for field, value in zip(fields, values, strict=True) if value}


@functools.cache
def registered(plugin=True):
    """{filter name: (kind, title, type, parent, blurb)} of every field and protocol of ours."""
    found = {}
    for line in text("-G", "fields", plugin=plugin).splitlines():
        kind, title, name, *rest = line.split("\t")
        if name.split(".")[0] == "tcprst":
            rest += [""] * (5 - len(rest))
            found[name] = (kind, title, *((rest[0], rest[1], rest[4]) if kind == "F" else ("", "", "")))
    return found


def main():
    words = [str(readable(Path(word).resolve())) if Path(word).is_file() else word for word in sys.argv[1:]]
    sys.exit(subprocess.run([*as_ordinary_user(), "tshark", *words, "-n"], check=False,
                            env=environment(built_plugin()), cwd=workshop()).returncode)


if __name__ == "__main__":
    main()
