"""gunicorn's configuration of web and desk: threads, because a request mostly waits for PostgreSQL."""

import gc
import os
from pathlib import Path

from config import env

# These ask who they are to the database; Django's own application would serve everything as `manage`, whom nothing holds.
wsgi_app = env.choice("AIF_WSGI", ("config.wsgi", "config.wsgi_desk"), "config.wsgi")
bind = os.environ.get("AIF_BIND", "127.0.0.1:8000")
worker_class = "config.web.worker.WebWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("AIF_THREADS", "4"))
preload_app = True  # a fault in the settings stops the start, and pages are shared
timeout = 120  # a worker that does not notify its master for so long is replaced
graceful_timeout = 5
keepalive = 30
backlog = 512
# The notification file is touched every second: in memory, so that a slow disk kills no worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None  # noqa: S108 # nosec B108 - in memory
accesslog = None  # paths and query strings stay out of the log
errorlog = "-"
loglevel = "warning"
control_socket_disable = True


def post_fork(server: object, worker: object) -> None:
    """Look for cyclic garbage less often: a body of 10,000 clues is a tree, and walking it again and again costs a third."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
