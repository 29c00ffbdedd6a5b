"""`python -m cashet_jupyter`: the same as `jupyter cashet`."""

from __future__ import annotations

from cashet_jupyter.cli import main

if __name__ == "__main__":
    main()
