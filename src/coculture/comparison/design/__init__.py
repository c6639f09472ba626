"""What is compared: arms, endpoints, and both assays joined on the culture."""
