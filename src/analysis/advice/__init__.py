"""What the numbers mean, in words an advisor can read aloud to a worried student.

Pure functions from numbers and codes to plain sentences: no verdicts, no "out of reach", each
figure with its source and its basis.
"""
