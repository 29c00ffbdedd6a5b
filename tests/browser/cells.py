"""Cells that the tests run."""

LOAD = "%load_ext cashet_jupyter"
SLOW = (
    "%%cashet\nimport time\ntime.sleep(0.3)\nframe = [n * n for n in range(1000)]\nprint('made', len(frame))\nframe[:3]"
)
TOTAL = "%%cashet\ntotal = sum(frame)\ntotal"
LONG = "%%cashet\nimport time\ntime.sleep(90)\nlong = 1"
CELLS = (LOAD, SLOW, TOTAL, "x = 1")
