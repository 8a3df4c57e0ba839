"""Pure functions, tensor in, tensor out; they know nothing of experiments."""
