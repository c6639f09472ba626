"""What is compared: the arms, the endpoints, the joined cultures, the families of contrasts."""
