"""`%%cashet`, `%cashet` and `%cashet_show`: parse, call the pipeline, show."""
