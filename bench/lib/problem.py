"""What can go wrong, told to the person who runs the bench."""


class Void(Exception):
    """An answer was wrong: the run of this goal says nothing."""


class Missing(Exception):
    """Something to measure with is not here; the text says how to get it."""
