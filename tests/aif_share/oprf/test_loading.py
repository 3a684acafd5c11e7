"""What importing costs and leaves behind, looked at in a process of its own."""

import os
import subprocess
import sys

SCRIPT = """
import os, sys, tempfile
from aif_share import oprf
from aif_share.oprf import encoding
import aif_share.wire.keys, aif_share.wire.directory, aif_share.wire.problems, aif_share.wire.limits
assert not any(name.split(".")[0] in ("rbcl", "django", "httpx") for name in sys.modules), "too much is loaded"
oprf.blind([b"x"])
assert "rbcl" in sys.modules
print(os.listdir(tempfile.gettempdir()))
"""


def test_light_import_and_no_file_left_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


def test_threads_after_a_fork():
    script = """
import os
from aif_share import oprf
from aif_share.oprf import threads
threads.cores = lambda: 3
key = oprf.derive_key(bytes(32), b"k")
elements = [each.element for each in oprf.blind([b"%d" % n for n in range(200)])]
assert threads._pool is not None
child = os.fork()
assert (threads._pool is None) == (child == 0), "a child starts with no threads"
oprf.evaluate(key, elements)
if child == 0:
    os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("7", "")
