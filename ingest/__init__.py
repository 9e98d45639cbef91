"""Log files in, typed and traced rows out: knows files, knows no rule."""

import os

# A load is a long chain of short column operations. A pool of threads spends a tenth of its CPU and more on waking up
# and waiting for the next one, and gains nothing: the store writes on its own threads. Whoever knows better sets it.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
