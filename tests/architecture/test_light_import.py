"""What a member's program loads by importing aif_share: no framework, no network client, no command line."""

import json
import subprocess
import sys

import pytest

FRAMEWORKS = {"django", "rest_framework", "celery", "redis", "psycopg2"}


def loaded_by(statement: str) -> set[str]:
    program = (
        f"import sys, json; {statement}; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "module", ["aif_share", "aif_share.identifiers", "aif_share.oprf", "aif_share.wire", "aif_share.vocabulary"]
)
def test_the_core_loads_neither_a_framework_nor_a_network_client(module: str):
    assert loaded_by(f"import {module}") & (FRAMEWORKS | {"httpx", "gunicorn", "click", "rich"}) == set()


def test_the_client_loads_httpx_and_no_framework():
    loaded = loaded_by("import aif_share.client")
    assert "httpx" in loaded
    assert loaded & FRAMEWORKS == set()


def test_the_custodian_loads_no_framework():
    assert loaded_by("import aif_share.custodian.app") & FRAMEWORKS == set()


def test_no_process_loads_the_setter_of_pages_stix_or_spreadsheets_before_it_needs_them():
    """Half a second and more, and fifty megabytes, in every process: whoever needs them loads them."""
    setup = "import os; os.environ |= {'AIF_ENV': 'test', 'DJANGO_SETTINGS_MODULE': 'config.settings'}; import django"
    loaded = loaded_by(f"{setup}; django.setup(); import config.urls, config.urls_desk, clues.tasks")
    assert "django" in loaded and loaded & {"weasyprint", "stix2", "openpyxl", "numpy"} == set()
