"""Bodies that are lines, for the OpenAPI document: batches as they are sent, results as they are fetched."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiRequest, OpenApiResponse

from aif_share.wire.limits import MAX_IDENTIFIERS, MAX_LINE, MAX_STREAM_BODY, MAX_STREAM_CLUES

_LIMITS = (
    f"1 to {MAX_STREAM_CLUES} lines of {MAX_LINE} bytes, {MAX_STREAM_BODY} bytes in all. A line that cannot be read is a "
    "refused row; an upload that breaks off has no effect."
)

NDJSON_CLUES = OpenApiRequest(
    {"type": "string", "description": f"One clue a line, an object as in `clues` of the JSON form. {_LIMITS}"}
)
CSV_CLUES = OpenApiRequest(
    {
        "type": "string",
        "description": (
            "The first line names the columns: client_ref, category, grade, type, epoch, token; where you have them the "
            "other fields of a clue (`indicators` with `;` between them), role, and type_2, epoch_2, token_2, role_2 up to "
            f"_{MAX_IDENTIFIERS}. An empty cell is an absent field. {_LIMITS}"
        ),
    }
)
NDJSON_ROWS = OpenApiResponse(OpenApiTypes.STR, "All rows of a finished batch, one object a line.")
CSV_ROWS = OpenApiResponse(OpenApiTypes.STR, "All rows of a finished batch: row, client_ref, outcome, code.")
