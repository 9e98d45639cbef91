"""Partial builds: what they keep must be what a whole build would make."""
