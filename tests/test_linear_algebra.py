"""Small matrices: the answers of LAPACK, without it; and no other code uses it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coculture import linear_algebra

PACKAGE = Path(linear_algebra.__file__).parent
MAY = {
    "clinical/rank_tests.py": "whole numbers, for which the order of a sum does not matter",
    "flow/copied_events.py": "whole numbers in sparse matrices",
    "flow/tubes.py": "only whether a sum of squares is finite is asked",
    "flow/compensation/spillover.py": "a condition number, compared with a limit in round numbers",
    "linear_algebra.py": "the error that it raises is numpy's",
}
CALLS = {
    "numpy": {
        "dot",
        "vdot",
        "inner",
        "matmul",
        "tensordot",
        "cov",
        "corrcoef",
        "polyfit",
        "linalg",
    },
    "scipy": {"linalg"},
}


@pytest.mark.parametrize("shapes", [((2, 3), (3, 4)), ((3,), (3, 2)), ((2, 3), (3,)), ((3,), (3,))])
def test_a_product_is_that_of_numpy(shapes: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.default_rng(1)
    first, second = (rng.normal(size=shape) for shape in shapes)
    expected = np.array(first @ second)
    assert np.allclose(linear_algebra.product(first, second), expected, rtol=1e-14)


def test_products_of_many_matrices() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(7, 2, 3)), rng.normal(size=(7, 3, 4))
    assert np.allclose(linear_algebra.product(first, second), first @ second, rtol=1e-13)
    assert np.allclose(linear_algebra.product(first, second[0]), first @ second[0], rtol=1e-13)


def test_solutions_need_the_rows_in_another_order() -> None:
    matrices = np.array([[[0.0, 2.0], [3.0, 1.0]], [[1e-20, 1.0], [1.0, 1.0]]])
    right = np.array([[[4.0], [5.0]], [[1.0], [2.0]]])
    found = linear_algebra.solved(matrices, right)
    assert np.allclose(found[:, :, 0], [[1.0, 2.0], [1.0, 1.0]], rtol=1e-15)


def test_a_singular_matrix_is_refused() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        linear_algebra.inverted(np.array([[1.0, 2.0], [2.0, 4.0]]))


def test_inverses_are_exact_where_stains_do_not_spill() -> None:
    """A channel without part in another is not needed for it: the share must be exactly zero."""
    matrix = np.eye(4)
    matrix[0, 1], matrix[1, 0] = 0.25, 0.1
    inverse = linear_algebra.inverted(matrix)
    assert np.array_equal(inverse[2:], np.eye(4)[2:])
    assert np.array_equal(inverse[:2, 2:], np.zeros((2, 2)))
    assert np.allclose(inverse[:2, :2], np.array([[1, -0.25], [-0.1, 1]]) / 0.975, rtol=1e-15)


def test_a_generalized_inverse_gives_what_the_data_determine() -> None:
    """Four arms in two sets of experiments that share none: differences inside a set are known."""
    rng = np.random.default_rng(3)
    arm = np.array([0, 1, 0, 1, 2, 3, 2, 3])
    block = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    design = np.zeros((8, 7))
    design[np.arange(8), arm] = 1
    design[np.arange(8)[block > 0], 3 + block[block > 0]] = 1
    normal = design.T @ design
    inverse, rank = linear_algebra.generalized_inverse(normal)
    assert rank == np.linalg.matrix_rank(design) == 6
    assert np.allclose(normal @ inverse @ normal, normal, atol=1e-14)
    response = rng.normal(size=8)
    difference = np.array([1.0, -1.0, 0, 0, 0, 0, 0])
    expected = (response[0] - response[1] + response[2] - response[3]) / 2
    assert np.isclose(difference @ inverse @ design.T @ response, expected, rtol=1e-14)
    assert np.isclose(difference @ inverse @ difference, 1.0, rtol=1e-14)


def test_singular_values_keep_their_digits_over_many_decades() -> None:
    rng = np.random.default_rng(4)
    left, _ = np.linalg.qr(rng.normal(size=(9, 4)))
    right, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    known = np.array([1.0, 1e-3, 1e-6, 1e-9])
    several = np.stack([(left * known) @ right.T, np.zeros((9, 4)), (left * known[::-1]) @ right.T])
    values, vectors = linear_algebra.singular_values(several)
    assert np.allclose(values[[0, 2]], known, rtol=1e-6)
    assert np.array_equal(values[1], np.zeros(4))
    assert np.allclose(np.abs((vectors[0] * right.T).sum(axis=1)), 1.0, rtol=1e-9)
    assert np.allclose(vectors @ np.swapaxes(vectors, 1, 2), np.eye(4), atol=1e-14)


def test_no_other_code_multiplies_matrices_by_the_processor_s_library() -> None:
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}:{line}"
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).as_posix() not in MAY
        for line in _uses(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found, "use coculture.linear_algebra"


def _uses(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            yield node.lineno
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = {"np": "numpy"}.get(node.value.id, node.value.id)
            if node.attr in CALLS.get(module, set()):
                yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in {"dot", "leggauss"}:
            yield node.lineno
