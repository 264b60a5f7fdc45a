"""Commands that are run for what they print."""

import subprocess

from .problem import Missing


def run_quietly(argv, **options):
    """The output of a command that must succeed."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise Missing(f"{argv[0]} failed: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout
