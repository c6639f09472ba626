"""Four- and five-parameter curves: fitting many at once, their inverses, and the errors of both."""
