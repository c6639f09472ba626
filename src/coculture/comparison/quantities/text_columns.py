"""Columns of texts: filled, and several texts in one cell."""

from collections.abc import Iterable

import pandas as pd


def filled(texts: pd.Series) -> "pd.Series[str]":
    """Texts, empty where there is none."""
    return texts.fillna("").astype(str)


def joined(texts: Iterable[str]) -> str:
    """Different texts in one cell, for people."""
    return "; ".join(dict.fromkeys(text for text in texts if text))
