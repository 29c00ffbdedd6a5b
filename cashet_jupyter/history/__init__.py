"""Questions asked of a store: why did this run again, and what does it depend on."""
