"""The studies that can be simulated: a file for each, entered in the list of `registry`."""
