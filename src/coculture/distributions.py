"""Quantiles and tails of the normal and the t distribution.

From scipy.special, which has the same functions as scipy.stats and imports in a tenth of the time.
"""

# scipy imports its parts when they are first used. Everywhere `import scipy` is written for that: a
# run with nothing to do spends most of its time on imports.
import scipy


def normal_quantile(probability: float) -> float:
    """The quantile z of the standard normal distribution.

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(scipy.special.ndtri(probability))


def t_quantile(probability: float, df: float) -> float:
    """The quantile of Student's t with `df` degrees of freedom.

    >>> round(t_quantile(0.975, 3), 4)
    3.1824
    """
    return float(scipy.special.stdtrit(df, probability))


def t_below(t: float, df: float) -> float:
    """The probability that Student's t with `df` degrees of freedom is below `t`.

    >>> round(t_below(-3.1824, 3), 4)
    0.025
    """
    return float(scipy.special.stdtr(df, t))


def as_likely(z: float, df: float) -> float:
    """The multiple of an estimated standard error that chance exceeds as often as z known ones.

    >>> round(as_likely(1.96, 3), 2), as_likely(2.0, float("inf"))
    (3.18, 2.0)
    """
    return z if df == float("inf") else t_quantile(float(scipy.special.ndtr(z)), df)
