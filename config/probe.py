"""`python -m config.probe http://127.0.0.1:8000/healthz`: exit 0 if it answers 200. For health checks of containers."""

import os
import sys
import urllib.request


def main(url: str) -> int:
    """Ask under the first host name the process accepts."""
    host = os.environ.get("AIF_ALLOWED_HOSTS", "").split(",")[0].strip()
    request = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310 (our own address)
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 # nosec B310 - http, built above
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
