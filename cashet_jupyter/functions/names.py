"""Words that commits of functions hold among their `depends`."""

from __future__ import annotations

#: the type of a dependency that says how a run was asked for, not what it computed
TASK = "task"
#: the run was asked for with `cache=False`, or could not be cached: it is never served
CACHE_OFF = "cache"
#: how often it was to be tried again
RETRIES = "retries"
#: the run left more than its result
LEFT = "changes"
#: the type of a dependency that is the result of another run
REF = "ref"
