"""WSGI application of the process `web`: portal and REST API, database role aif_web."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("AIF_PROCESS", "web")

import config.celery  # noqa: F401  (tasks are published through this application)

django.setup(set_prefix=False)  # before anything is imported that needs the applications

from config.processes import insist  # noqa: E402

insist("web")

from clues.api.narrow import NarrowScreenings  # noqa: E402

application = NarrowScreenings(WSGIHandler())
