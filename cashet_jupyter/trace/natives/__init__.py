"""Adapters for libraries that open files without Python: what their entry points are given is recorded."""
