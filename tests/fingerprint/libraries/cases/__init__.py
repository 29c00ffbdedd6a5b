"""Values of data libraries: one file per library, each with DIFFER, EQUAL and ROUNDTRIP, as in `tests.cases`."""
