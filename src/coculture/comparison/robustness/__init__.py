"""How fragile a finding is: its verdict under every other defensible analysis.

`alternative_cultures` makes the values of the cultures from the tables that flow cytometry and
ELISA wrote; `other_scale`, `sign_flips` and `experiments_left_out` vary the test;
`measurement_error` says how much of the standard error is measurement; `analyses` brings them
together and `table` writes comparison/robustness.csv.
"""
