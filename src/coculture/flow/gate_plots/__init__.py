"""What the gate page draws and counts: the events of each tube, thinned and in bins.

Gating writes it to results/{study}/flow/{experiment}/gate_plots.json while it has the events in
memory, so no FCS file is read again.
"""
