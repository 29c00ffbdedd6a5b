"""The commands that `%cashet` and `jupyter cashet` share: one grammar, two places where it is spoken."""
