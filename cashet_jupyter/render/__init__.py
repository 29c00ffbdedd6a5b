"""From models to text and HTML: pure functions, no Jupyter."""
