"""Reading FCS files of any cytometer: header, text, parameters and data."""
