"""Spillover between fluorescence channels: read or estimated, checked and undone."""
