"""How a script runs as a step of the workflow: logs, lock, fingerprints, raw files, disk."""
