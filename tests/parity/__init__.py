"""Both engines, model by model: the same rows of the same types, or a list of what differs."""
