"""The one expected failure of a delivery."""


class DeliveryFailed(Exception):
    """The message did not arrive. The text is stored with it: no payload, no secret, no address in it."""
