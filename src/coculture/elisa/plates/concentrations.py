"""Concentrations as sentences write them."""


def pg_ml(value: float) -> str:
    """A concentration to three digits, never as a power of ten.

    >>> pg_ml(93.75), pg_ml(999.99), pg_ml(30000.0)
    ('93.8 pg/mL', '1000 pg/mL', '30000 pg/mL')
    """
    return f"{value:.3g} pg/mL" if value < 999.5 else f"{value:.0f} pg/mL"
