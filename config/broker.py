"""Settings of Celery, which rings the bell and carries nothing (config/celery.py). Part of config.settings."""

from config import env

CELERY_BROKER_URL = env.text("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for ever
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task of a killed worker comes back after 10 s, not after 91.
    "visibility_timeout": 10,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
if env.text("AIF_PROCESS", "manage") != "worker":
    # Ringing never waits for a broker that is away: one attempt, then the timers of the workers find the work.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_ACCEPT_CONTENT = CELERY_RESULT_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
# Each job claims its turn in PostgreSQL, so two beats do no harm; expires keeps an absent worker's queue short.
CELERY_BEAT_SCHEDULE = {
    "work": {"task": "clues.tasks.work", "schedule": 2.0, "options": {"expires": 10}},
    "deliver": {"task": "members.tasks.deliver_pending", "schedule": 2.0, "options": {"expires": 10}},
    "oracle": {"task": "clues.tasks.oracle", "schedule": 300.0, "options": {"expires": 300}},
}
