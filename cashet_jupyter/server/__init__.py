"""The history of a store for JupyterLab and Notebook: an extension of the Jupyter server.

It answers while the kernel is busy, and without any kernel. Nothing that a run left is ever loaded here: what is told
of it stands in its record, and what it showed is plain data.

- `extension`: what the server loads; `places`: which store a request means; `stores`: asking them in threads
- `handlers`: requests as questions of `api`, which answers them
- `watch`: who is told that something has changed
"""

from __future__ import annotations

from typing import Any

__all__ = ["_jupyter_server_extension_points"]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """What `jupyter server extension list` and the server ask for."""
    from cashet_jupyter.server.extension import CashetServer

    return [{"module": "cashet_jupyter.server", "app": CashetServer}]
