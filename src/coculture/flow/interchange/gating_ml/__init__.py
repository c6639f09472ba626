"""Gating-ML 2.0, the standard of ISAC for gates (Spidlen et al. 2015, Cytometry A 87:683)."""
