"""The concentrations of the cultures with other defensible curves, and other wells.

One module for each choice: `curves`, `wells_left_out`, `wells_put_back`. `study_wells` reads the
wells of the plates again, `table` writes elisa/alternatives.csv.
"""
