"""Values <-> bytes: one envelope per run, with the big buffers beside it."""
