"""Which ports a stack takes besides the one it was given."""

import pytest

from config.stack.plan import desk_port, listen, listen_near


@pytest.mark.parametrize("web", [80, 8000, 18100])
def test_the_next_ports_are_left_to_other_stacks(web: int) -> None:
    assert desk_port(web) == web + 1000


@pytest.mark.parametrize("web", [64_536, 65_535])
def test_a_port_beyond_the_last_is_not_tried(web: int) -> None:
    assert desk_port(web) == 0


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with listen(0) as taken, listen_near(taken.getsockname()[1]) as other:
        assert other.getsockname()[1] != taken.getsockname()[1]
