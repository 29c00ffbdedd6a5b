"""Changing the objects of data libraries in place: one small file per library, loaded only when the kernel has it."""
