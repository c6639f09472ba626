"""Two drugs crossed at several doses: what was observed, and what each reference expects."""
