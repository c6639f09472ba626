"""FCS files of any cytometer: header, text, parameters and data, onto the linear scale."""
