"""Charts: a tidy frame and an Axes in, the drawn Axes out; each with its alt text."""
