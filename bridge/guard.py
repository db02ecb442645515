"""Runs a command that must not outlive whoever started it, not even if that one is killed with SIGKILL.

Usage: guard.py COMMAND [ARG...], as leader of a process group, with a pipe on descriptor 3 whose other
end only the starter holds. When the pipe closes, the command and all its descendants are killed. Exits
as the command does; with 127 if there is no such command.
"""
import _thread
import os
import signal
import sys

STARTER = 3


def parents():
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", "rb") as stat:
                yield int(pid), int(stat.read().rsplit(b")", 1)[1].split()[1])
        except OSError:
            pass  # It has ended.


def kill_all():
    """Sandboxed builds make sessions of their own, so the group alone is not enough."""
    family, doomed = list(parents()), {os.getpid()}
    while found := {pid for pid, parent in family if parent in doomed} - doomed:
        doomed |= found
    for pid in doomed - {os.getpid()}:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def watch():
    try:
        while os.read(STARTER, 64):
            pass
        kill_all()
    finally:
        os.killpg(0, signal.SIGKILL)


# A handler, unlike SIG_IGN, is not inherited: a signal to the group ends the command, and we report it.
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, lambda *_: None)
child = os.fork()
if child == 0:
    os.close(STARTER)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError as error:
        print(f"{sys.argv[1]}: {error.strerror}", file=sys.stderr, flush=True)
        os._exit(127)
_thread.start_new_thread(watch, ())
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
if code < 0:
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
os._exit(code)
