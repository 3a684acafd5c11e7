"""`/cases/CASE-…/packages`: that a report package of the case went, to whom, and its digest. Its content is the receiver's."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.packages.queries import PackageView, list_packages

from . import joint_shapes, shapes
from .base import ApiView, caller_of


class CasePackagesView(ApiView):
    """The released packages of a case."""

    required_scope = "read"

    @extend_schema(
        operation_id="case_packages",
        summary="The report packages of a case that were released",
        responses={200: joint_shapes.CasePackages, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return them, the latest first."""
        rows = list_packages(case=case, viewer=caller_of(request))
        return Response({"results": [_show(row) for row in rows]})


def _show(row: PackageView) -> dict[str, Any]:
    return {
        "package": row.package,
        "version": row.version,
        "receiver": row.receiver,
        "unit": row.unit,
        "size": row.size,
        "sha256": row.sha256,
        "signer_sha256": row.signer_sha256,
        "released_at": row.released_at,
        "receipt_no": row.receipt_no,
        "received_date": row.received_date,
    }
