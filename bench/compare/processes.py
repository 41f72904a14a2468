"""Starts and ends processes on chosen cores, and reads what they and the machine have used."""
import os
import resource
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path


def tree(pid):
    """The process and all below it."""
    children = {}
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            parent = int(Path(f"/proc/{p}/stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(p))
        except OSError:
            pass
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def cpu_seconds(pids):
    """User and system time of all threads, from schedstat: the same clock as utime + stime, in ns instead of 10 ms ticks."""
    total = 0
    for p in pids:
        try:
            for thread in os.listdir(f"/proc/{p}/task"):
                total += int(Path(f"/proc/{p}/task/{thread}/schedstat").read_text().split()[0])
        except OSError:
            pass
    return total / 1e9


def memory_kib(pids, key):
    total = 0
    for p in pids:
        try:
            with open(f"/proc/{p}/status") as status:
                total += next((int(line.split()[1]) for line in status if line.startswith(key)), 0)
        except OSError:
            pass
    return total


def reset_peak_memory(pids):
    for p in pids:
        try:
            Path(f"/proc/{p}/clear_refs").write_text("5")
        except OSError:
            pass


def machine_seconds():
    """CPU seconds that all cores have spent on anything but waiting."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def spawn(command, cores, folder, env=None, log=None):
    def prepare():
        os.sched_setaffinity(0, cores)
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with open(log or os.devnull, "ab") as out:
        return subprocess.Popen(shlex.split(command), preexec_fn=prepare, start_new_session=True, env={**os.environ, **(env or {})},
                                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=folder)


def stop(process):
    """Ends the process group that spawn() made, and nothing else."""
    if process is None:
        return
    for sign, seconds in ((signal.SIGTERM, 3), (signal.SIGKILL, 3)):
        try:
            os.killpg(process.pid, sign)
            process.wait(seconds)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            pass


def wait_for_port(port, process, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("does not listen")


def wait_until_free(port):
    """A process with a ring holds its port a little longer than it lives."""
    for _ in range(20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.25)
    raise RuntimeError(f"port {port} is taken (see --port-base)")
