"""Panels in the notebook: answers that can be worked with where widgets work, and read everywhere."""
