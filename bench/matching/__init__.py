"""Matching with the truth known: invented ledgers and lists, scores, and the peers in one run.

Seeds: 1 to 9 are for development, everybody may look at them. 101 to 109 are held out: nobody looks at their rows or
tunes anything on their figures; they are run when a figure is to be reported. `generate` refuses no seed, so this is
a promise of those who work here.
"""

DEVELOPMENT = tuple(range(1, 10))
HELD_OUT = tuple(range(101, 110))
