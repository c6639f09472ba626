"""The counts of each sample under other defensible gates and another spillover matrix.

One module for each choice: `moved_thresholds`, `threshold_sources`, `other_spillover`,
`automatic_gates`, `controls_put_back`, `files_left_out`, `files_put_back`. `counting` counts a file
under them, `table` writes flow/alternatives.csv.
"""
