"""From the wells of a plate to one concentration for each culture."""
