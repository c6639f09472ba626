"""Names of the tables in the words that figures and sentences have for them."""

import re
from collections.abc import Mapping


def relabelled(text: str, labels: Mapping[str, str]) -> str:
    """`text` with each whole word of `labels` as its label, the longest first.

    All at once, because one name's label may be another's name.

    >>> relabelled("wt: DEX; control", {"wt": "control", "control": "mock"})
    'control: DEX; mock'
    """
    if not labels:
        return text
    longest_first = sorted(labels, key=len, reverse=True)
    names = "|".join(re.escape(name) for name in longest_first)
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", lambda found: str(labels[found[0]]), text)
