"""Functions that are submitted: the same engine as for cells.

`engine` tells the story; `client` (one level up) is the door. `call` (the key), `running` (the run), `judging` (what
speaks against serving it), `commits` (what is stored), `refs` (the handle to a result), `view` (history as the seed
library shows it); `batch`, `executors`, `serializers`, `protocols` stand around it.
"""
