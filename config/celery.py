"""The Celery application. Celery carries the doorbell only: PostgreSQL is the queue and the truth."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from kombu.exceptions import OperationalError

from config.env import Misconfigured
from config.processes import insist

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    _Task = DjangoTask[Any, Any]  # generic in the stubs alone
else:
    _Task = DjangoTask


class BellTask(_Task):
    """A task whose publication may fail: beat and the workers' own timers find the work anyway."""

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Publish once and quickly; a broker that is away is logged, never raised. Returns None then."""
        try:
            return super().apply_async(*args, **kwargs)
        except (OperationalError, OSError) as why:
            log.warning("not published, the broker is away: %s (%s)", self.name, type(why).__name__)
            return None


app = Celery("aif_share", task_cls=BellTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Stop Celery from setting up its own logging: LOGGING of the settings holds."""


@worker_init.connect
@beat_init.connect
def insist_on_process(signal: Any = None, **_: Any) -> None:
    """End a worker, or a beat, that AIF_PROCESS does not call so: what holds a process goes by that name."""
    try:
        insist("beat" if signal is beat_init else "worker")
    except Misconfigured as why:
        raise SystemExit(str(why)) from None  # Celery would log any other error, and go on


@worker_process_init.connect
def report_ready(**_: Any) -> None:
    """Tell the supervisor that a pool child runs, whether or not a broker does."""
    sign = os.environ.get("AIF_READY_SIGN")
    if sign:
        Path(sign).write_text(f"{os.getpid()}\n", encoding="ascii")
