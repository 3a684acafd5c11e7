"""Request bodies; the reading lies in `members.api.body`."""

from members.api.body import BodyTooLarge, MediaTypeRefused, read_json_bytes, read_json_object

__all__ = ["BodyTooLarge", "MediaTypeRefused", "read_json_bytes", "read_json_object"]
