"""Gates that other programs drew, and gates for other programs: Gating-ML 2.0 and FlowJo 10."""
