"""Every figure of the pages, a module a subject: the only SQL here.

Each function asks one published version one question. Parameters are bound, never pasted; answers are Arrow tables, kept
by version and parameters. ``unit`` None means every unit, ``person`` and ``clause`` None everybody and every clause.
Sums and rates over several rows of a mart are made here, from counts, never from rates. A ``<figure>_change`` is the
difference from the month before.
"""
