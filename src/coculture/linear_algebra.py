"""Linear algebra of small matrices, with the same bits on every processor.

BLAS and LAPACK, which numpy uses for `@` and numpy.linalg, add in another order on each kind of
processor, so that last digits differ between computers. Here everything is sums and products in
a fixed order; for the sizes of a study this is about as fast.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NOTHING_LEFT = 1e-10
"""Share of a column's square that is left without the columns before it; with less it depends on
them."""
_ORTHOGONAL = 1e-14
"""Cosine of the angle of two columns below which no rotation changes them."""
_MOST_SWEEPS = 30
"""Over all pairs of columns; six are usual."""


def product(first: Floats, second: Floats) -> Floats:
    """The product of two arrays whose last two axes are matrices; one axis alone is a vector.

    >>> product(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0]))
    array([17., 39.])
    """
    if first.ndim == 1 or second.ndim == 1:
        left = "j" if first.ndim == 1 else "...ij"
        right = "j" if second.ndim == 1 else "...jk"
        kept = ("" if first.ndim == 1 else "i") + ("" if second.ndim == 1 else "k")
        several = "..." if max(first.ndim, second.ndim) > 1 else ""
        return np.asarray(np.einsum(f"{left},{right}->{several}{kept}", first, second))
    return np.asarray(np.einsum("...ij,...jk->...ik", first, second))


def weighted_sum(columns: Iterable[Floats], weights: Iterable[float]) -> Floats:
    """The sum of columns, each times its weight.

    >>> weighted_sum([np.array([1.0, 2.0]), np.array([10.0, 20.0])], [1.0, -0.5])
    array([-4., -8.])
    """
    weighted = (column * weight for column, weight in zip(columns, weights, strict=True))
    total = next(weighted)
    for each in weighted:
        total += each
    return total


def solved(matrices: Floats, right: Floats) -> Floats:
    """x of `matrices` x = `right`, for n matrices (n x q x q) and n x q x r, by elimination.

    Raises
    ------
    numpy.linalg.LinAlgError
        If a matrix is singular.
    """
    size = matrices.shape[-1]
    rows = np.concatenate([matrices, right], axis=-1)
    each = np.arange(len(rows))
    for place in range(size):
        if size > 1:
            pivot = place + np.abs(rows[:, place:, place]).argmax(axis=1)
            top = rows[:, place].copy()
            rows[:, place] = rows[each, pivot]
            rows[each, pivot] = top
        if not rows[:, place, place].all():
            raise np.linalg.LinAlgError("Singular matrix")
        rows[:, place] /= rows[:, place, place, None]
        share = rows[:, :, place].copy()
        share[:, place] = 0.0
        rows -= share[:, :, None] * rows[:, None, place]
    found: Floats = rows[:, :, size:]
    return found


def inverted(matrix: Floats) -> Floats:
    """The inverse of one matrix.

    >>> inverted(np.array([[2.0, 0.0], [1.0, 1.0]]))
    array([[ 0.5,  0. ],
           [-0.5,  1. ]])
    """
    found: Floats = solved(matrix[None], np.eye(len(matrix))[None])[0]
    return found


def generalized_inverse(normal: Floats) -> tuple[Floats, int]:
    """G with N G N = N of a matrix N = X' X, and its rank, by J. H. Goodnight's sweeps.

    (Am. Stat. 33 (1979) 149.) A column that depends on those before it has no part in G: its
    coefficient is 0. What the data determine is the same for every such G.

    >>> generalized_inverse(np.array([[2.0, 2.0], [2.0, 2.0]]))
    (array([[0.5, 0. ],
           [0. , 0. ]]), 1)
    """
    swept = np.array(normal, dtype=float)
    least = _NOTHING_LEFT * np.diag(swept)
    used = np.zeros(len(swept), dtype=bool)
    for place in range(len(swept)):
        pivot = swept[place, place]
        if not pivot > least[place]:
            continue
        row = swept[place] / pivot
        column = swept[:, place].copy()
        swept -= column[:, None] * row
        swept[place] = row
        swept[:, place] = -column / pivot
        swept[place, place] = 1 / pivot
        used[place] = True
    of_used: Floats = np.where(np.logical_and.outer(used, used), swept, 0.0)
    return of_used, int(np.count_nonzero(used))


def singular_values(matrices: Floats) -> tuple[Floats, Floats]:
    """Singular values (n x q), the largest first, and right singular vectors as rows (n x q x q).

    Of n matrices (n x p x q), p >= q, by one-sided rotations, which keep small singular values
    exact (M. R. Hestenes, J. Soc. Ind. Appl. Math. 6 (1958) 51).
    """
    size = matrices.shape[2]
    # Rows, because they are what is rotated: the columns of the matrices, and the vectors.
    turned = np.swapaxes(matrices, 1, 2).copy()
    vectors = np.broadcast_to(np.eye(size), (len(matrices), size, size)).copy()
    for _ in range(_MOST_SWEEPS):
        is_done = True
        for one in range(size):
            for other in range(one + 1, size):
                rotation = _rotation(turned[:, one], turned[:, other])
                if rotation is not None:
                    is_done = False
                    for rows in (turned, vectors):
                        _rotate(rows, one, other, *rotation)
        if is_done:
            break
    values = np.sqrt((turned**2).sum(axis=2))
    order = np.argsort(-values, axis=1, kind="stable")
    return (
        np.take_along_axis(values, order, axis=1),
        np.take_along_axis(vectors, order[:, :, None], axis=1),
    )


def _rotation(one: Floats, other: Floats) -> tuple[Floats, Floats] | None:
    """Cosine and sine (n) that make rows orthogonal; None if all are."""
    square, of_other = (one**2).sum(axis=1), (other**2).sum(axis=1)
    both = (one * other).sum(axis=1)
    apart = np.abs(both) > _ORTHOGONAL * np.sqrt(square * of_other)
    if not apart.any():
        return None
    with np.errstate(over="ignore"):  # an infinite ratio is no rotation
        ratio = np.where(apart, of_other - square, 0.0) / np.where(apart, 2 * both, 1.0)
        tangent = np.where(ratio < 0, -1.0, 1.0) / (np.abs(ratio) + np.hypot(1.0, ratio))
    tangent = np.where(apart, tangent, 0.0)
    cosine = 1 / np.sqrt(1 + tangent**2)
    return cosine, cosine * tangent


def _rotate(rows: Floats, one: int, other: int, cosine: Floats, sine: Floats) -> None:
    c, s = cosine[:, None], sine[:, None]
    first = c * rows[:, one] - s * rows[:, other]
    rows[:, other] = s * rows[:, one] + c * rows[:, other]
    rows[:, one] = first
