"""Log files in, typed and traced rows out: knows files, knows no rule."""
