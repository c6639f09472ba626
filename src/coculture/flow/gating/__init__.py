"""From events to counts: where each gate comes from, how it is applied, what is doubtful."""
