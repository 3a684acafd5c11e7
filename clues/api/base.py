"""What all views of the API share; it lies in `members.api.base`."""

from members.api.base import PAGED, ApiView, JsonNegotiation, caller_of

__all__ = ["PAGED", "ApiView", "JsonNegotiation", "caller_of"]
