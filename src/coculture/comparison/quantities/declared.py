"""The quantities of a study: those that its config declares, or those that it measures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coculture.comparison.quantities.kind import QuantityError
from coculture.comparison.quantities.measured import Measured
from coculture.comparison.quantities.quantity import Quantity
from coculture.comparison.quantities.registry import kind_named
from coculture.exchange.names import column_prefix
from coculture.exchange.outcomes import APOPTOTIC


def declared(entries: Iterable[Mapping[str, Any]], measured: Measured) -> tuple[Quantity, ...]:
    """The quantities of the config's `endpoints`, in their order.

    Raises
    ------
    QuantityError
        If one is not measured, or two would have the same columns. The message names it.
    """
    made: list[Quantity] = []
    for entry in entries:
        kind = kind_named(entry["measure"])
        scale = entry.get("scale")
        if scale is not None and scale not in kind.scales:
            raise QuantityError(
                f'"{entry["name"]}" has the scale {scale}, and {kind.name} is compared on '
                f"{' or '.join(kind.scales)}; change or leave out scale"
            )
        try:
            quantity = kind.made(entry, measured)
        except QuantityError as error:
            raise QuantityError(f'"{entry["name"]}" {error}') from error
        if not quantity.prefix:
            raise QuantityError(f'"{quantity.name}" has no letter or digit; give it another name')
        same = next((one for one in made if one.prefix == quantity.prefix), None)
        if same is not None:
            raise QuantityError(
                f'"{quantity.name}" and "{same.name}" would have the same columns; give one of '
                "them another name"
            )
        if clash := _of_same_rows(quantity, made):
            raise QuantityError(clash)
        made.append(quantity)
    return tuple(made)


def _of_same_rows(quantity: Quantity, others: Iterable[Quantity]) -> str:
    """What is wrong if a scale is called as that of another quantity in tables; empty if none is.

    The log of the cells that are not apoptotic is ln_viable, as is that of cells called "viable".
    """
    own = {scale.name for scale in quantity.scales}
    for other in others:
        if {quantity.source, other.source} == {"elisa.csv"} and (
            quantity.options["analyte"] == other.options["analyte"]
        ):
            return f'"{quantity.name}" and "{other.name}" are the same numbers; remove one'
        for scale in other.scales:
            if scale.name in own and scale.columns.value == quantity.columns.value:
                return (
                    f'"{quantity.name}" and "{other.name}" are the same numbers; remove one (a '
                    "percent is analysed on both of its scales)"
                )
            if scale.name in own:
                called = (one for one in (quantity, other) if one.prefix in scale.name)
                named = next(called, quantity)
                return (
                    f'"{quantity.name}" and "{other.name}" would both be called {scale.name} in '
                    f'tables; give "{named.name}" another name'
                )
    return ""


def default_entries(analytes: Sequence[str], measured: Measured) -> list[dict[str, Any]]:
    """The entries of a config without `endpoints`.

    The first outcome of flow cytometry, each analyte, and each endpoint of values.csv.
    """
    entries: list[dict[str, Any]] = []
    if measured.outcomes is not None and measured.outcomes.outcomes:
        first = measured.outcomes.outcomes[0].name
        name = "apoptosis" if first == APOPTOTIC else first
        entries.append({"name": name, "measure": "percent", "outcome": first})
    entries += [
        {"name": one, "measure": "analyte", "analyte": one}
        for one in analytes
        if measured.analytes is None or one in measured.analytes
    ]
    taken = {"", *(column_prefix(one["name"]) for one in entries)}
    for name in measured.finished:
        if column_prefix(name) not in taken:
            entries.append({"name": name, "measure": "values"})
            taken.add(column_prefix(name))
    return entries
