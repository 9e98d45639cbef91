"""The pages: they show what is published and compute nothing."""
