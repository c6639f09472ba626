"""The findings stated in advance: their tests, verdicts and sentences."""
