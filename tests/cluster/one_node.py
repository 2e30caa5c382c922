"""Slurm on this machine alone: its daemons run for as long as the context, with their own key, ports and folder.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import contextlib
import os
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

TOOLS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo")
READY_S, END_S = 30, 10
CONFIGURATION = """
ClusterName=tcprst
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(number):
    """Below those that the kernel gives to clients."""
    found = []
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket() as trial, contextlib.suppress(OSError):
            trial.bind(("", port))
            found.append(port)
    return found[:number]


def wait_until(is_so, what, log):
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.1)
    raise RuntimeError(f"not within {READY_S} s: {what}\n{log.read_text(encoding='utf-8')}")


@contextlib.contextmanager
def daemon(*words, environment=None, log=None):
    with log.open("ab") as to, subprocess.Popen(words, stdout=to, stderr=to, env=environment) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()


def is_idle(environment):
    with contextlib.suppress(subprocess.TimeoutExpired):
        told = subprocess.run(["sinfo", "--noheader", "--format", "%t"], capture_output=True, text=True, check=False,
                              env=environment, timeout=READY_S / 2)
        return told.stdout.strip() == "idle"
    return False


def configure(folder):
    """The file, and a key for munge."""
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    file = folder / "slurm.conf"
    controller_port, node_port = free_ports(2)
    file.write_text(CONFIGURATION.format(host=socket.gethostname().split(".")[0], folder=folder, cpus=os.cpu_count(),
                                         controller_port=controller_port, node_port=node_port), encoding="utf-8")
    return file


@contextlib.contextmanager
def slurm():
    """The environment in which sbatch finds it."""
    folder = Path(tempfile.mkdtemp(prefix="tcprst-slurm-", dir="/run"))
    environment = {**os.environ, "SLURM_CONF": str(configure(folder))}
    log = folder / "daemons.log"
    munge = ("munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={folder}/munge.key",
             f"--log-file={folder}/munged.log", f"--pid-file={folder}/munged.pid", f"--seed-file={folder}/munged.seed")
    try:
        with daemon(*munge, log=log):
            wait_until((folder / "munge.socket").exists, "munge", log)
            with daemon("slurmctld", "-D", environment=environment, log=log), \
                    daemon("slurmd", "-D", environment=environment, log=log):
                wait_until(lambda: is_idle(environment), "a node that is idle", log)
                yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)
