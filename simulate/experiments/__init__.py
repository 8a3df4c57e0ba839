"""One file an experiment: draw networks, apply quantities, return one number per network."""
