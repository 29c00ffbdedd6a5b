"""The longer steps of the pipeline: what is asked before a run, how a candidate is judged, how a run is stored."""
