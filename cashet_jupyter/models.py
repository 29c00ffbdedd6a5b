"""The values that travel between the steps: frozen, and without behaviour beyond small derived properties.

In the order of a cell's life: `Cell` -> `CellAnalysis` -> `Fingerprint` -> (`Effects` + `Shown`) -> `Payload`
-> `Commit` -> `Outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Literal, Protocol

from cashet_jupyter.memory.gathered import Buffer

Status = Literal["hit", "miss", "bypass", "failed"]

#: what stands before the name of a submitted function in the place of a cell's id
FUNCTION = "function:"
#: the note on a file that a cell may have named and that was not there: a dependency, but nothing to tell of
MENTIONED = "named"
#: the name of what a submitted function returned, among the outputs: no variable can be called so
RETURNED = "return"


# ---------------------------------------------------------------------------------------- what does the cell do?
@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the user sees it."""

    source: str
    """Its text, without the line that opts in."""
    label: str = ""
    """A few words to recognise it by: its first line of code."""
    id: str | None = None
    """The notebook format's cell id, where the front end sends one. A hint, never a key."""
    notebook: str | None = None
    """Path of the notebook, where it is known."""


@dataclass(frozen=True, slots=True)
class CellAnalysis:
    """Static facts of a cell."""

    code_key: str
    """Digest of its canonical syntax tree: no positions, comments, formatting or docstrings."""
    reads: frozenset[str]
    """Names whose value it may need before it has surely bound them itself (builtins among them)."""
    binds: frozenset[str]
    """Names that it binds, surely or possibly."""
    deletes: frozenset[str]
    """Names that it deletes, surely or possibly."""
    surely: frozenset[str] = frozenset()
    """Names that are bound by it whenever it comes to its end."""
    attributes: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict[str, frozenset[tuple[str, ...]]])
    """Name -> the attribute chains that its code follows from it; `()` where the name is used as a whole."""
    imports: tuple[str, ...] = ()
    """Dotted names of the modules that its own code imports, in order."""
    mentions: frozenset[str] = frozenset()
    """Identifiers that stand in its string constants (`df.query("a > @x")`, `!ls {folder}`)."""
    widened: tuple[str, ...] = ()
    """Why every variable of the user counts as read: `exec`, `globals`, `import *`; empty otherwise."""
    magics: tuple[str, ...] = ()
    """What it asks of the shell: `%name` and `%%name` of magics, `!` for a shell command, `get_ipython`."""
    awaits: bool = False
    """Whether it awaits at top level."""
    sees_docstrings: bool = False
    """Whether it mentions something that shows docstrings (`__doc__`, `help`, `inspect`): then they count."""
    codes: tuple[CodeType, ...] = ()
    """The code objects of the whole cell, outermost first, in the order of the constants that hold them. Equal
    syntax trees give sequences of equal length, which is how a restored function finds its code as it stands now."""
    docstrings: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Qualified name of each class and function that the cell defines -> its docstring as it stands now."""
    inlined: CodeType | None = None
    """What the cell runs: its code, with the Python that stands in the text of magics (`%%time`) put in its place."""


# ---------------------------------------------------------------------------------- is it the same computation?
class LiveGraph(Protocol):
    """The objects that a cell's inputs are made of, numbered: the bridge from live values to stored ones.

    A *node* is an object with an identity that a cell can observe or change: a list, an array, an instance, a
    function or class of the notebook. Nodes are numbered in breadth-first order from the sorted input names, so
    that equal fingerprints mean equal numbering, in any process.
    """

    @property
    def nodes(self) -> Sequence[Any]:
        """The node objects, by number."""
        ...

    def number(self, obj: object) -> int | None:
        """The number of a live node, or None if `obj` is not one of the graph."""
        ...

    def changed(self) -> Sequence[int]:
        """Numbers of the nodes whose content is not what it was when the graph was made, ascending."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One component of an input, by which a later run can say what in it changed; never the value itself."""

    kind: str
    """`key`, `item`, `attribute`, `column`, `index`, `function`, `class`, `closure`, `global` or `version`."""
    path: str
    """Behind the input's name for what it holds: `['a']`, `.lr`; a whole name for code: `clean()`, `clean() → RATE`."""
    digest: str
    """Short; with a leading `~` it covers only a part of the content; empty where it was not taken."""
    summary: str = ""
    lines: str = ""
    """For functions: four characters for each line of source, so that the line that was edited can be named."""


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output, described for people; never the value itself."""

    name: str
    digest: str
    """Its fingerprint; empty where it was not taken."""
    type: str = ""
    summary: str = ""
    """Short and bounded: `10 000 x 4`, `0.5`, `'abc'`."""
    size: int = 0
    """Bytes that it takes in the store or in memory, approximately; 0 if unknown."""
    parts: tuple[Part, ...] = ()
    """Its first components, breadth first; bounded, and taken for inputs only."""
    preview: Mapping[str, Any] | None = field(default=None, hash=False)
    """What it looked like, as plain data (`fingerprint.previews`); None where its summary says all, or nothing can."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The key of a computation and the parts that it was made of."""

    key: str
    code: str
    """The `code_key` of the cell or function."""
    inputs: tuple[Value, ...] = ()
    depends: tuple[Value, ...] = ()
    """Extra parts that the user named (`--depends`)."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something outside the inputs that a run was seen to depend on; a commit holds while all of its do."""

    kind: str
    name: str
    digest: str
    note: str = ""
    """For people, no part of what is verified: a file's size and time, settings that are not the usual ones."""


# -------------------------------------------------------------------------------------------- what did it leave?
@dataclass(frozen=True, slots=True)
class Patch:
    """The content that a node of the `LiveGraph` has after the run."""

    node: int
    kind: str
    content: Any


@dataclass(frozen=True, slots=True)
class Effects:
    """What a run left in memory: one object graph, so that sharing between its parts survives."""

    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Names that the run bound (or bound anew) and their values."""
    patches: tuple[Patch, ...] = ()
    """In-place changes of the inputs."""
    deletions: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    """Modules to import before anything else, in order."""
    result: tuple[Any, ...] = ()
    """The values that the cell showed as results, oldest first; the last one is `Out[n]`."""
    states: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Hidden states that the run changed, as they were after it: random generators, options, the environment."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a run showed.

    `kind` is one of `stream` (content: name, text), `display` and `update` (data, metadata, transient), `result`
    (data, metadata), `clear` (wait). Content holds what msgpack can carry: text, bytes, numbers, lists, dicts.
    """

    kind: Literal["stream", "display", "update", "result", "clear"]
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """A run as bytes."""

    skeleton: bytes | memoryview
    """The effects: a versioned envelope, with the big buffers taken out."""
    shown: bytes | memoryview
    """The recorded outputs, as plain data: they can be looked at without loading any value."""
    buffers: tuple[Buffer, ...] = ()
    """The big buffers, raw, in the order in which the skeleton refers to them; those that were read are memoryviews."""
    groups: tuple[int, ...] = ()
    """How many of the buffers, from the first on, are to lie in one stretch of memory when they are read, each from the
    beginning of a page; buffers beyond these are on their own."""

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return len(self.skeleton) + len(self.shown) + sum(buffer.nbytes for buffer in self.buffers)


# -------------------------------------------------------------------------------------------------- what is kept?
@dataclass(frozen=True, slots=True)
class Blob:
    """Immutable bytes of the store, named by their digest."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a run wrote, as it was at its end."""

    path: str
    """As the program named it: relative to the working directory if it was."""
    digest: str
    """BLAKE3 of its bytes: the name of its blob."""
    size: int
    mode: int
    """Permission bits."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One completed run, as the store keeps it.

    All but `tags` and `pinned` is immutable and covered by the MAC; `id` and the blobs are filled by the store.
    """

    key: str
    """The fingerprint of the computation: what a lookup asks for."""
    code: str
    """The `code_key`."""
    cell: Cell
    created: float
    """Seconds since the epoch, UTC."""
    seconds: float
    """How long the run took."""
    offset: int = 0
    """Seconds that clocks were ahead of UTC where it ran: a saved notebook shows the same day everywhere."""
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()
    depends: tuple[Value, ...] = ()
    trace: tuple[Dependency, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    """Files that it wrote; their bytes are the last of the buffers, in this order."""
    not_stored: tuple[str, ...] = ()
    """Outputs that were left out on the user's word (`--partial`)."""
    parent: str | None = None
    """The previous commit of the same cell."""
    lineage: tuple[str, ...] = ()
    """Commits that produced what this run read."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """Python and the libraries that the run had loaded."""
    host: str = ""
    expires: float | None = None
    """Seconds since the epoch after which it no longer counts as a hit."""
    arguments: str = ""
    """What a submitted function was called with, as text, shortened where it is long; empty for a cell."""
    error: str = ""
    """The traceback of a submitted function that failed: kept to be looked at, never served."""

    id: str = ""
    skeleton: Blob | None = None
    shown: Blob | None = None
    buffers: tuple[Blob, ...] = ()
    """The buffers; big ones are cut in pieces (`memory.pieces`)."""
    layout: tuple[tuple[int, ...], ...] = ()
    """For each stretch of memory that buffers are read into, their sizes; empty if each is one piece by itself."""

    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    pinned: bool = False

    @property
    def short(self) -> str:
        """The part of the id that people are shown."""
        return self.id[:6]

    @property
    def size(self) -> int:
        """Bytes of all its blobs."""
        blobs = [blob for blob in (self.skeleton, self.shown, *self.buffers) if blob is not None]
        return sum(blob.size for blob in blobs)

    @property
    def status(self) -> Literal["completed", "failed"]:
        """How the run ended."""
        return "failed" if self.error else "completed"

    @property
    def function(self) -> str:
        """`module.name` of the submitted function; empty for a cell."""
        id = self.cell.id or ""
        return id.removeprefix(FUNCTION) if id.startswith(FUNCTION) else ""


# --------------------------------------------------------------------------------------------- what came of it?
@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one cell."""

    status: Status
    reason: str = ""
    """Why: `first run`, `x changed`, `the lock has no value`; for a hit empty, or `waited 0:12 for train.ipynb`."""
    commit: str | None = None
    """Id of the commit that was restored or made."""
    cell: str = ""
    """The cell's label."""
    seconds: float = 0.0
    """How long the cell took just now, the cache's own work included."""
    saved: float = 0.0
    """Seconds that a hit spared: the recorded run less this one; never negative."""
    stored: bool = False
    not_stored: str = ""
    """Why nothing (or not everything) was stored."""
    trouble: bool = False
    """It is the store that cannot be used, whatever the cell does."""


# ------------------------------------------------------------------------------------------- and why did it run?
@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a result depends on, for people, with what is inside it."""

    kind: str
    """`code`, `python`, `version`, `input`, `depends`, a kind of `Part`, or a kind of `Dependency`."""
    name: str
    now: str = ""
    """What it is, in a few words."""
    change: str = ""
    """What changed against the run that it is compared with; empty where it is as it was, or nothing is compared."""
    where: str = ""
    """Where it was seen."""
    parts: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer of `%cashet why` and `%cashet deps`."""

    question: Literal["why", "deps"]
    answer: str
    """In one line."""
    cell: str = ""
    commit: str = ""
    status: str = ""
    """What became of the cell in this kernel; empty for a commit that is only looked up."""
    against: str = ""
    """Id of the earlier run that it is compared with; empty if there is none."""
    against_created: float = 0.0
    against_offset: int = 0
    not_stored: str = ""
    """Why nothing (or not everything) was stored."""
    advice: str = ""
    """What would make it storable."""
    findings: tuple[Finding, ...] = ()
    not_tracked: tuple[str, ...] = ()
