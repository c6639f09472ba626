"""Names of the clipping shapes of an SVG, from the digits that are written.

Matplotlib names them after all digits of their place, of which the last ones depend on the
processor.
"""

import hashlib
import re
from pathlib import Path

_SHAPE = re.compile(r'<clipPath id="(p[0-9a-f]{10})">\s*(<[^>]*>)\s*</clipPath>')
_NAME = re.compile(r"\bp[0-9a-f]{10}\b")


def name_by_shape(path: Path) -> None:
    """Give every clipping shape of the SVG at `path` a name that follows from the shape."""
    text = path.read_text(encoding="utf-8")
    names = {
        name: "p" + hashlib.sha256(shape.encode()).hexdigest()[:10]
        for name, shape in _SHAPE.findall(text)
    }
    named = _NAME.sub(lambda found: names.get(found[0], found[0]), text)
    path.write_text(named, encoding="utf-8", newline="\n")
