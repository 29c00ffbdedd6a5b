"""The answer of `lineage`: what a result was made from, and what was made from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from cashet_jupyter.history.lineage import Lineage
from cashet_jupyter.history.traced import moment
from cashet_jupyter.models import Commit
from cashet_jupyter.render.answer import PLAIN, Answer, Style
from cashet_jupyter.render.commits import FORMAT, brief, title
from cashet_jupyter.render.table import shortened

_MORE = "there is more than this: see --depth"
_LABEL = 60
_NAMES = 24


class Descent(Answer):
    """A graph of results, as a tree in each direction."""

    def __init__(self, lineage: Lineage, *, up: bool = True, down: bool = True) -> None:
        self.lineage = lineage
        self._branches = [("made from", lineage.made_from)] if up else []
        self._branches += [("led to", lineage.led_to)] if down else []

    def text(self, style: Style = PLAIN) -> str:
        """Two trees; what was shown already is only named again."""
        root = self.lineage.root
        lines = [self._line(root.id, "", style, style.width)]
        for name, follow in self._branches:
            branch = list(self._tree(root.id, follow, "", style, {root.id}, upstream=name == "made from"))
            lines += [f"{name}:", *branch] if branch else [f"{name}: nothing that is stored"]
        return "\n".join([*lines, style.paint(_MORE, "faint")] if self.lineage.cut else lines)

    def html(self) -> str:
        """The same as nested lists."""
        root = self.lineage.root.id
        parts = [f"<div>{self._html_line(root)}</div>"]
        for name, follow in self._branches:
            branch = self._html_tree(root, follow, {root})
            parts.append(f"<details open><summary>{name}</summary>{branch or 'nothing that is stored'}</details>")
        more = f"<div>{escape(_MORE)}</div>" if self.lineage.cut else ""
        body = "".join(parts)
        return f'<div class="cashet-lineage">{body}{more}</div>'

    @property
    def data(self) -> dict[str, Any]:
        """The graph: results, and edges from each to what was made from it."""
        graph = self.lineage
        return {
            "format": FORMAT,
            "root": graph.root.id,
            "results": [brief(commit) for commit in graph.commits.values() if commit is not None],
            "removed": [id for id, commit in graph.commits.items() if commit is None],
            "edges": [
                {"from": source, "to": result, "names": list(graph.carried(source, result))}
                for source, result in graph.edges
            ],
            "more": graph.cut,
        }

    def dot(self) -> str:
        """The graph for Graphviz."""
        graph = self.lineage
        lines = ["digraph lineage {", '  rankdir="LR"; node [shape=box, fontname="monospace"];']
        for id, commit in graph.commits.items():
            words = [id[:6], "removed"] if commit is None else [commit.short, shortened(title(commit), _LABEL)]
            words += [commit.cell.notebook] if commit is not None and commit.cell.notebook else []
            bold = ", penwidth=2" if id == graph.root.id else ""
            lines.append(f"  {_quoted(id[:12])} [label={_quoted(chr(10).join(words))}{bold}];")
        for source, result in graph.edges:
            label = ", ".join(graph.carried(source, result))
            lines.append(f"  {_quoted(source[:12])} -> {_quoted(result[:12])} [label={_quoted(label)}];")
        return "\n".join([*lines, "}"])

    # ------------------------------------------------------------------------------------------------------- as text
    def _tree(
        self, id: str, follow: Callable[[str], list[str]], indent: str, style: Style, seen: set[str], *, upstream: bool
    ) -> Iterator[str]:
        following = follow(id)
        for place, other in enumerate(following):
            last = place == len(following) - 1
            names = self.lineage.carried(*((other, id) if upstream else (id, other)))
            head = indent + ("`- " if last else "|- ")
            again = other in seen
            yield head + self._line(other, ", ".join(names), style, style.width - len(head), again=again)
            if not again:
                seen.add(other)
                further = indent + ("   " if last else "|  ")
                yield from self._tree(other, follow, further, style, seen, upstream=upstream)

    def _line(self, id: str, names: str, style: Style, width: int, *, again: bool = False) -> str:
        commit = self.lineage.commits.get(id)
        if commit is None:
            return f"{style.paint(id[:6], 'id')}  (removed since)"
        if again:
            return f"{style.paint(commit.short, 'id')}  (see above)"
        facts = shortened(_facts(commit, names, self.lineage.root), max(24, width // 2))
        room = max(16, width - len(commit.short) - len(facts) - 4)
        return f"{style.paint(commit.short, 'id')}  {shortened(title(commit), room)}  {style.paint(facts, 'faint')}"

    # ------------------------------------------------------------------------------------------------------- as HTML
    def _html_tree(self, id: str, follow: Callable[[str], list[str]], seen: set[str]) -> str:
        items: list[str] = []
        for other in follow(id):
            again = other in seen
            seen.add(other)
            inner = "" if again else self._html_tree(other, follow, seen)
            mark = " (see above)" if again else ""
            items.append(f"<li>{self._html_line(other)}{mark}{inner}</li>")
        found = "".join(items)
        return f"<ul>{found}</ul>" if found else ""

    def _html_line(self, id: str) -> str:
        commit = self.lineage.commits.get(id)
        if commit is None:
            return f"<code>{escape(id[:6])}</code> (removed since)"
        words, facts = shortened(title(commit), _LABEL), _facts(commit, "", self.lineage.root)
        return f"<code>{escape(commit.short)}</code> {escape(words)} <small>{escape(facts)}</small>"


def _facts(commit: Commit, names: str, root: Commit) -> str:
    """`(df; other.ipynb; today 09:14)`: the notebook where it is another one."""
    other = commit.cell.notebook not in (None, "", root.cell.notebook) or commit is root
    notebook = shortened((commit.cell.notebook or "").rpartition("/")[2], _NAMES) if other else ""
    names = shortened(names, _NAMES)
    told = "; ".join(fact for fact in (names, notebook, moment(commit.created)) if fact)
    return f"({told})"


def _quoted(text: str) -> str:
    """A text as Graphviz reads it: JSON's escapes are understood, but for those of other letters."""
    return json.dumps(text, ensure_ascii=False)
