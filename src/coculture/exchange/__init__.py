"""What the stages hand to each other: tables, records, flags, problems and names."""
