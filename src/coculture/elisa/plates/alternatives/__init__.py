"""The concentrations of the cultures with other defensible curves, and without flagged wells.

One module for each choice: `curves`, `wells_left_out`. `study_wells` reads the wells of the plates
again, `table` writes elisa/alternatives.csv.
"""
