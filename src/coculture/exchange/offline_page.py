"""What one-file pages need: scripts and styles joined, data that cannot end their element."""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup


def joined(folder: Path, names: Iterable[str]) -> str:
    """The texts of these files of a folder, one after the other."""
    return "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in names)


def script_hash(script: str) -> str:
    """The hash by which a content security policy allows a script: "sha256-" comes before it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def json_in_html(value: Any) -> Markup:
    """`value` as JSON that cannot end the script element around it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # JSON without the characters that HTML reads
