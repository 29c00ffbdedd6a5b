"""`%config Cashet`: the settings of a kernel as traits."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from traitlets import Any as Anything
from traitlets import Bool, Enum, Float
from traitlets.config import Configurable

from cashet_jupyter.config import Settings, with_setting
from cashet_jupyter.session import Session


class Cashet(Configurable):
    """Settings of the cell cache; what is set here goes before the environment and pyproject.toml."""

    disable = Bool(False, help="Every cell is a plain cell.").tag(config=True)
    badge = Enum(["line", "full", "off"], "line", help="The line under a cell: line, full or off.").tag(config=True)
    auto = Bool(False, help="Every cell counts as marked with %%cashet.").tag(config=True)
    min_time = Float(1.0, help="Under auto, seconds that a cell must take to be stored.").tag(config=True)
    max_size = Anything(None, help="What the store may hold: 2GB, 500MiB; None: see README.").tag(config=True)
    ttl = Anything(None, help="How long results count: 12h, 30d; None for ever.").tag(config=True)

    def __init__(self, session: Session, **kwargs: Any) -> None:
        # Settings first, then what the profile's configuration says (applied by the base class).
        known = {field.name: getattr(session.settings, field.name) for field in fields(Settings)}
        super().__init__(**{**known, **self._configured(kwargs), "parent": kwargs.get("parent")})
        self._session = session
        for name in known:
            self._take(name, getattr(self, name))
        self.observe(lambda change: self._take(change["name"], change["new"]), names=list(known))

    @classmethod
    def _configured(cls, kwargs: dict[str, Any]) -> dict[str, Any]:
        parent = kwargs.get("parent")
        section = parent.config.get(cls.__name__, {}) if parent is not None else {}
        return {name: section[name] for name in cls.class_trait_names(config=True) if name in section}

    def _take(self, name: str, value: Any) -> None:
        self._session.settings = with_setting(self._session.settings, name, value, "%config Cashet")
