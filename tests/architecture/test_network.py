"""The tests' own fence: no connection leaves this machine, neither from here nor from a child process."""

import socket
import subprocess
import sys

import pytest
from pytest_socket import SocketConnectBlockedError

from tests import network

PUBLIC = ("93.184.215.14", 443)


def test_a_public_address_is_refused_here():
    with socket.socket() as link, pytest.raises(SocketConnectBlockedError):
        link.settimeout(2)
        link.connect(PUBLIC)


@pytest.mark.skipif(not network.isolated, reason="this machine allows no network namespace")
def test_a_child_process_has_no_route_to_a_public_address():
    program = f"import socket; s = socket.socket(); s.settimeout(2); s.connect({PUBLIC!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode != 0
    assert "unreachable" in done.stderr


def test_the_loopback_is_open():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname(), timeout=2):
            pass
