"""Codes of wells, so that who gates does not see what a well was given.

The order of the codes is that of a hash of study and file: it is the same in every run, and says
nothing of the arms or the order of the table.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any


def coded(study: str, tubes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The tubes of an experiment with a `code` each: samples by hash, controls by their roles."""
    given = list(tubes)
    wells = [one for one in given if one["role"] == "sample"]
    controls = [one for one in given if one["role"] != "sample"]
    wells.sort(key=lambda one: hashlib.sha256(f"{study}\0{one['fcs']}".encode()).digest())
    digits = max(2, len(str(len(wells))))
    return [
        *({**one, "code": f"W{place:0{digits}}"} for place, one in enumerate(wells, start=1)),
        *({**one, "code": _control_code(one)} for one in controls),
    ]


def _control_code(tube: Mapping[str, Any]) -> str:
    """What a control is; several may have one role.

    >>> _control_code({"role": "fmo_annexin", "cells": "control"})
    'fmo annexin, control'
    """
    words = [str(tube["role"]).replace("_", " "), str(tube.get("cells", ""))]
    return ", ".join(word for word in words if word)
