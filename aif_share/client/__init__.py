"""The member's side over the network: `Client`, the map, the streaming submission of a file, and webhook verification.

`Client` has an attribute for each resource of the API (`aif_share.client.resources`); `aif_share.client.webhooks`
checks messages that arrive.

Needs the extra `client`. Not here: the command line, which is `aif_share.cli`.
"""

from __future__ import annotations

from aif_share.client.answers import Answer
from aif_share.client.api import Client
from aif_share.client.directory import data_home
from aif_share.client.map import Map, MapError, raw_values
from aif_share.client.records import Defaults
from aif_share.client.resubmission import Resubmission, Resubmitted
from aif_share.client.source import Source, SourceError
from aif_share.client.submission import Outcome, Progress, Submission
from aif_share.client.tokenize import Token

__all__ = [
    "Answer",
    "Client",
    "Defaults",
    "Map",
    "MapError",
    "Outcome",
    "Progress",
    "Resubmission",
    "Resubmitted",
    "Source",
    "SourceError",
    "Submission",
    "Token",
    "data_home",
    "raw_values",
]
