"""Commits and blobs on disk: small, embedded, content-addressed, shared by several kernels at once."""
