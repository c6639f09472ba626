"""Sigmoid curves: fits of many at once, their inverses, and the errors of both."""
