"""The members' files: what each institution would export from its own system, written for ``aif-share submit``."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.demo.noise import LISTED
from config.demo.planted import PlannedClue

CSV_IDENTIFIERS = 6


@dataclass(frozen=True, slots=True)
class Export:
    """One file of one institution, and the options ``aif-share submit`` needs for it."""

    institution: str
    path: Path
    options: tuple[str, ...]
    clues: int


def write_files(folder: Path, clues: Iterable[PlannedClue]) -> list[Export]:
    """Write every institution's files below ``folder``; return them in a fixed order."""
    by_file: dict[tuple[str, str], list[PlannedClue]] = defaultdict(list)
    for clue in clues:
        by_file[clue.institution, clue.file].append(clue)
    lists = {file: (type_code, category, grade) for type_code, (_, file, category, grade) in LISTED.items()}
    exports = []
    for (institution, file), own in sorted(by_file.items()):
        path = folder / institution / file
        path.parent.mkdir(parents=True, exist_ok=True)
        options: tuple[str, ...] = ()
        if file in lists:
            type_code, category, grade = lists[file]
            options = ("--type", type_code, "--category", category, "--grade", grade)
            path.write_text("".join(f"{clue.reports[0].raw}\n" for clue in own), encoding="utf-8")
        elif path.suffix == ".csv":
            _write_csv(path, own)
        else:
            _write_jsonl(path, own)
        exports.append(Export(institution, path, options, len(own)))
    return exports


def _write_jsonl(path: Path, clues: Sequence[PlannedClue]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for clue in clues:
            identifiers = [
                {"type": report.planted.type, "value": report.raw, "role": report.role} for report in clue.reports
            ]
            row = {"client_ref": clue.client_ref, **clue.fields, "identifiers": identifiers}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _write_csv(path: Path, clues: Sequence[PlannedClue]) -> None:
    """With the byte order mark that spreadsheets write."""
    names = ["client_ref", *sorted({name for clue in clues for name in clue.fields})]
    for number in range(1, CSV_IDENTIFIERS + 1):
        names += [f"{name}_{number}" if number > 1 else name for name in ("value", "type", "role")]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for clue in clues:
            row: dict[str, object] = {"client_ref": clue.client_ref, **_flatten(clue.fields)}
            for number, report in enumerate(clue.reports, start=1):
                suffix = f"_{number}" if number > 1 else ""
                row |= {
                    f"value{suffix}": report.raw,
                    f"type{suffix}": report.planted.type,
                    f"role{suffix}": report.role,
                }
            writer.writerow(row)


def _flatten(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: ";".join(map(str, value)) if isinstance(value, list) else value for name, value in fields.items()}
