"""Values of other libraries: scipy, sklearn, xarray, torch, Pillow, matplotlib, networkx, sympy, pydantic, attrs."""

from __future__ import annotations

from tests.cases.distinctions import Pair, Value
from tests.cases.source import code


def _pairs(
    name: str, needs: tuple[str, ...], rows: list[tuple[str, str, str] | tuple[str, str, str, str]]
) -> list[Pair]:
    return [Pair(f"{name}/{row[0]}", code(row[1]), code(row[2]), *row[3:], needs=needs) for row in rows]


def _values(name: str, needs: tuple[str, ...], sources: list[str]) -> list[Value]:
    return [
        Value(f"{name}/{position}-{source.splitlines()[-1]}", source, needs=needs)
        for position, source in enumerate(sources)
    ]


SCIPY = ("numpy", "scipy")
SKLEARN = ("numpy", "sklearn")
XARRAY = ("numpy", "pandas", "xarray")
TORCH = ("numpy", "torch")
PIL = ("numpy", "PIL")
PLOTS = ("numpy", "matplotlib")
GRAPHS = ("networkx",)
SYMPY = ("sympy",)
PYDANTIC = ("pydantic",)
ATTRS = ("attrs",)

MATRIX = "sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))"
SET = "xr.Dataset({'n': ('x', np.arange(2.0))}, {'x': [0, 1]}, {'u': 1})"
MODEL = "class M(pydantic.BaseModel):\n    a: int = 1\n    b: list[int] = []\n"

DIFFER: list[Pair] = [
    *_pairs(
        "scipy",
        SCIPY,
        [
            ("format", f"v = {MATRIX}", f"v = {MATRIX}.tocsc()", "v.format"),
            (
                "array-or-matrix",
                f"v = {MATRIX}",
                "v = sp.csr_matrix(([1.0, 2.0], ([0, 1], [1, 0])), (2, 2))",
                "type(v)",
            ),
            ("shape", f"v = {MATRIX}", "v = sp.csr_array(([1.0, 2.0], ([0, 1], [1, 0])), (2, 3))", "v.shape"),
            ("value", f"v = {MATRIX}", f"v = {MATRIX} * 2", "v.toarray().tolist()"),
            ("dtype", f"v = {MATRIX}", f"v = {MATRIX}.astype('f4')", "v.dtype"),
            ("dok", "v = sp.dok_array((2, 2))", "v = sp.dok_array((2, 2))\nv[0, 0] = 1", "v.nnz"),
            ("lil", "v = sp.lil_array((2, 2))", "v = sp.lil_array((2, 2))\nv[0, 0] = 1", "v.nnz"),
            (
                "duplicates",
                "v = sp.coo_array(([1, 1], ([0, 0], [0, 0])), (1, 1))",
                "v = sp.coo_array(([2], ([0], [0])), (1, 1))",
                "v.nnz",
            ),
            (
                "data-that-somebody-holds",
                f"x = {MATRIX}\nv = [x, x.data]",
                f"v = [{MATRIX}, np.array([1.0, 2.0])]",
                "v[0].data is v[1]",
            ),
        ],
    ),
    *_pairs(
        "sklearn",
        SKLEARN,
        [
            ("parameter", "v = LinearRegression()", "v = LinearRegression(fit_intercept=False)"),
            (
                "fitted",
                "v = LinearRegression()",
                "v = LinearRegression().fit([[1], [2]], [1, 2])",
                "hasattr(v, 'coef_')",
            ),
            (
                "coefficients",
                "v = LinearRegression().fit([[1], [2]], [1, 2])",
                "v = LinearRegression().fit([[1], [2]], [1, 3])",
                "v.coef_",
            ),
            ("step", "v = make_pipeline(StandardScaler())", "v = make_pipeline(StandardScaler(with_mean=False))"),
        ],
    ),
    *_pairs(
        "xarray",
        XARRAY,
        [
            ("attrs", f"v = {SET}", f"v = {SET}\nv.attrs['u'] = 2", "v.attrs"),
            ("name", "v = xr.DataArray([1], name='a')", "v = xr.DataArray([1], name='b')", "v.name"),
            ("dimension", "v = xr.DataArray([1], dims='a')", "v = xr.DataArray([1], dims='b')", "v.dims"),
            ("coordinate-or-variable", f"v = {SET}", f"v = {SET}.set_coords('n')", "list(v.coords)"),
            ("indexed-or-not", f"v = {SET}", f"v = {SET}.drop_indexes('x')", "list(v.indexes)"),
            ("encoding", f"v = {SET}", f"v = {SET}\nv.n.encoding['dtype'] = 'f4'", "v.n.encoding"),
            ("order", "v = xr.Dataset({'a': 1, 'b': 2})", "v = xr.Dataset({'b': 2, 'a': 1})", "list(v)"),
            ("dtype", "v = xr.DataArray([1.0])", "v = xr.DataArray([1])", "v.dtype"),
            (
                "coordinate-dtype",
                "v = xr.DataArray([1, 2], coords={'x': np.array([0, 1], 'i4')}, dims='x')",
                "v = xr.DataArray([1, 2], coords={'x': np.array([0, 1], 'i8')}, dims='x')",
                "v.x.dtype",
            ),
            ("variable-or-array", "v = xr.Variable('x', [1])", "v = xr.DataArray([1], dims='x')", "type(v)"),
            (
                "data-that-somebody-holds",
                "a = np.zeros(2)\nv = [a, xr.DataArray(a)]",
                "v = [np.zeros(2), xr.DataArray(np.zeros(2))]",
                "np.shares_memory(v[0], v[1].data)",
            ),
            (
                "attrs-that-somebody-holds",
                "a = xr.DataArray([1])\nv = [a, a.attrs]",
                "v = [xr.DataArray([1]), {}]",
                "v[0].attrs is v[1]",
            ),
            (
                "tree",
                f"v = xr.DataTree.from_dict({{'/': {SET}, '/a': {SET}}})",
                f"v = xr.DataTree.from_dict({{'/': {SET}, '/b': {SET}}})",
            ),
        ],
    ),
    *_pairs(
        "torch",
        TORCH,
        [
            ("shape", "v = torch.zeros(2, 3)", "v = torch.zeros(3, 2)"),
            ("gradient-wanted", "v = torch.zeros(2)", "v = torch.zeros(2, requires_grad=True)"),
            (
                "gradient",
                "v = torch.ones(2, requires_grad=True)",
                "v = torch.ones(2, requires_grad=True)\nv.sum().backward()",
                "v.grad",
            ),
            (
                "parameter-or-tensor",
                "v = torch.nn.Parameter(torch.ones(1))",
                "v = torch.ones(1, requires_grad=True)",
                "type(v)",
            ),
            (
                "transposed",
                "v = torch.arange(4).reshape(2, 2)",
                "v = torch.tensor([[0, 2], [1, 3]]).t()",
                "v.is_contiguous()",
            ),
            (
                "channels-last",
                "v = torch.zeros(1, 2, 2, 2)",
                "v = torch.zeros(1, 2, 2, 2).to(memory_format=torch.channels_last)",
                "v.stride()",
            ),
            ("bfloat", "v = torch.zeros(2, dtype=torch.bfloat16)", "v = torch.zeros(2, dtype=torch.float16)"),
            ("bfloat-value", "v = torch.zeros(2, dtype=torch.bfloat16)", "v = torch.ones(2, dtype=torch.bfloat16)"),
            ("scalar", "v = torch.tensor(1)", "v = torch.tensor([1])"),
            (
                "view-or-copy",
                "x = torch.zeros(4)\nv = (x, x[:2])",
                "v = (torch.zeros(4), torch.zeros(2))",
                "v[0].data_ptr() == v[1].data_ptr()",
            ),
            (
                "which-view",
                "x = torch.zeros(4)\nv = (x, x[:2])",
                "x = torch.zeros(4)\nv = (x, x[2:])",
                "v[0].data_ptr() == v[1].data_ptr()",
            ),
            (
                "shared-with-numpy",
                "x = np.zeros(2)\nv = (x, torch.from_numpy(x))",
                "v = (np.zeros(2), torch.zeros(2, dtype=torch.float64))",
                "v[0].ctypes.data == v[1].data_ptr()",
            ),
            ("repeated", "v = torch.zeros(1).expand(3)", "v = torch.zeros(3)", "v.stride()"),
            (
                "conjugate",
                "v = torch.ones(2, dtype=torch.complex64)",
                "v = torch.ones(2, dtype=torch.complex64).conj()",
                "v.is_conj()",
            ),
            ("sparse", "v = torch.eye(2)", "v = torch.eye(2).to_sparse()"),
            ("sparse-value", "v = torch.eye(2).to_sparse()", "v = (2 * torch.eye(2)).to_sparse()"),
            ("sparse-format", "v = torch.eye(2).to_sparse_csr()", "v = torch.eye(2).to_sparse_csc()", "v.layout"),
            (
                "generator",
                "v = torch.Generator().manual_seed(1)",
                "v = torch.Generator().manual_seed(2)",
                "v.initial_seed()",
            ),
            ("dtype", "v = torch.float32", "v = torch.float64"),
            ("device", "v = torch.device('cpu')", "v = torch.device('meta')"),
            ("size", "v = torch.Size([1])", "v = (1,)", "type(v)"),
            (
                "training",
                "torch.manual_seed(0)\nv = torch.nn.Linear(1, 1)",
                "torch.manual_seed(0)\nv = torch.nn.Linear(1, 1).eval()",
                "v.training",
            ),
            (
                "buffer",
                "v = torch.nn.BatchNorm1d(2)",
                "v = torch.nn.BatchNorm1d(2)\nv.running_mean += 1",
                "v.running_mean",
            ),
            (
                "optimizer-state",
                "torch.manual_seed(0)\nm = torch.nn.Linear(1, 1)\nv = torch.optim.SGD(m.parameters(), 0.1)",
                "torch.manual_seed(0)\nm = torch.nn.Linear(1, 1)\nv = torch.optim.SGD(m.parameters(), 0.2)",
                "v.param_groups[0]['lr']",
            ),
            (
                "shared-weights",
                "x = torch.nn.Parameter(torch.ones(1))\nv = [x, x]",
                "v = [torch.nn.Parameter(torch.ones(1)), torch.nn.Parameter(torch.ones(1))]",
                "v[0] is v[1]",
            ),
            ("attribute", "v = torch.zeros(1)", "v = torch.zeros(1)\nv.note = 'x'", "hasattr(v, 'note')"),
            ("meta", "v = torch.zeros(2, device='meta')", "v = torch.zeros(3, device='meta')"),
        ],
    ),
    *_pairs(
        "pillow",
        PIL,
        [
            ("mode", "v = Image.new('L', (2, 2))", "v = Image.new('1', (2, 2))", "v.mode"),
            ("size", "v = Image.new('L', (2, 3))", "v = Image.new('L', (3, 2))", "v.size"),
            ("info", "v = Image.new('L', (2, 2))", "v = Image.new('L', (2, 2))\nv.info['dpi'] = 1", "v.info"),
            (
                "palette",
                "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])",
                "v = Image.new('P', (2, 2))\nv.putpalette([3, 2, 1])",
                "v.getpalette()",
            ),
            (
                "alpha",
                "v = Image.new('RGBA', (1, 1), (0, 0, 0, 0))",
                "v = Image.new('RGBA', (1, 1), (0, 0, 0, 1))",
                "v.tobytes()",
            ),
            (
                "last-pixel-of-many",
                "v = Image.new('L', (2000, 3000))",
                "v = Image.new('L', (2000, 3000))\nv.putpixel((1999, 2999), 1)",
                "v.getpixel((1999, 2999))",
            ),
            (
                "wide-integers",
                "v = Image.new('I;16', (1, 1), 1)",
                "v = Image.new('I;16', (1, 1), 2)",
                "v.getpixel((0, 0))",
            ),
            (
                "one-image-or-two",
                "x = Image.new('L', (1, 1))\nv = [x, x]",
                "v = [Image.new('L', (1, 1)), Image.new('L', (1, 1))]",
                "v[0] is v[1]",
            ),
            (
                "opened-or-made",
                "b = io.BytesIO()\nImage.new('L', (2, 2)).save(b, 'PNG')\nv = Image.open(io.BytesIO(b.getvalue()))",
                "v = Image.new('L', (2, 2))",
                "v.format",
            ),
        ],
    ),
    *_pairs(
        "matplotlib",
        PLOTS,
        [
            (
                "colour-map",
                "import matplotlib as m\nv = m.colormaps['viridis']",
                "import matplotlib as m\nv = m.colormaps['magma']",
                "v.name",
            ),
            (
                "colour-map-bad",
                "import matplotlib as m\nv = m.colormaps['viridis'].copy()",
                "import matplotlib as m\nv = m.colormaps['viridis'].with_extremes(bad='red')",
                "v.get_bad().tolist()",
            ),
            (
                "norm",
                "from matplotlib.colors import Normalize\nv = Normalize(0, 1)",
                "from matplotlib.colors import Normalize\nv = Normalize(0, 2)",
                "v.vmax",
            ),
        ],
    ),
    *_pairs(
        "networkx",
        GRAPHS,
        [
            ("direction", "v = nx.Graph([(1, 2)])", "v = nx.DiGraph([(1, 2)])"),
            ("which-way", "v = nx.DiGraph([(1, 2)])", "v = nx.DiGraph([(2, 1)])", "list(v.edges)"),
            (
                "weight",
                "v = nx.Graph()\nv.add_edge(1, 2, w=1)",
                "v = nx.Graph()\nv.add_edge(1, 2, w=2)",
                "list(v.edges.data())",
            ),
            (
                "node-data",
                "v = nx.Graph()\nv.add_node(1)",
                "v = nx.Graph()\nv.add_node(1, c='r')",
                "list(v.nodes.data())",
            ),
            ("graph-data", "v = nx.Graph()", "v = nx.Graph(name='g')", "v.graph"),
            (
                "order-of-nodes",
                "v = nx.Graph()\nv.add_nodes_from([1, 2])",
                "v = nx.Graph()\nv.add_nodes_from([2, 1])",
                "list(v)",
            ),
            (
                "parallel-edges",
                "v = nx.MultiGraph([(1, 2)])",
                "v = nx.MultiGraph([(1, 2), (1, 2)])",
                "v.number_of_edges()",
            ),
            ("node-type", "v = nx.Graph([(1, 2)])", "v = nx.Graph([('1', '2')])", "list(v)"),
            (
                "view-or-copy",
                "g = nx.path_graph(3)\nv = [g, g.nodes]",
                "v = [nx.path_graph(3), nx.path_graph(3).nodes]",
                "v[0].nodes is v[1]",
            ),
            ("frozen", "v = nx.path_graph(2)", "v = nx.freeze(nx.path_graph(2))", "nx.is_frozen(v)"),
        ],
    ),
    *_pairs(
        "sympy",
        SYMPY,
        [
            ("symbol", "v = sympy.Symbol('x')", "v = sympy.Symbol('y')"),
            ("assumption", "v = sympy.Symbol('x')", "v = sympy.Symbol('x', positive=True)", "v.is_positive"),
            ("exact-or-not", "v = sympy.Rational(1, 2)", "v = sympy.Float('0.5')"),
            ("precision", "v = sympy.Float('0.5', 15)", "v = sympy.Float('0.5', 30)", "v._prec"),
            ("unevaluated", "v = sympy.Integer(2)", "v = sympy.Add(1, 1, evaluate=False)"),
            ("function", "v = sympy.Function('f')(1)", "v = sympy.Function('g')(1)"),
            ("function-assumption", "v = sympy.Function('f')", "v = sympy.Function('f', real=True)", "v(1).is_real"),
            ("argument", "v = sympy.sin(1)", "v = sympy.sin(2)"),
            ("head", "v = sympy.sin(1)", "v = sympy.cos(1)"),
            ("matrix", "v = sympy.Matrix([[1, 2]])", "v = sympy.Matrix([[1], [2]])"),
            ("mutable-matrix", "v = sympy.Matrix([[1]])", "v = sympy.ImmutableMatrix([[1]])", "type(v).__name__"),
            (
                "wild",
                "v = sympy.Wild('w')",
                "v = sympy.Wild('w', exclude=[sympy.Symbol('x')])",
                "v.matches(sympy.Symbol('x'))",
            ),
            ("domain", "v = sympy.Poly(sympy.Symbol('x'))", "v = sympy.Poly(sympy.Symbol('x'), modulus=5)"),
            ("dummies", "d = sympy.Dummy('d')\nv = [d, d]", "v = [sympy.Dummy('d'), sympy.Dummy('d')]", "v[0] == v[1]"),
            ("set", "v = sympy.Interval(0, 1)", "v = sympy.Interval.open(0, 1)"),
            (
                "lambda",
                "x = sympy.Symbol('x')\nv = sympy.Lambda(x, x + 1)",
                "x = sympy.Symbol('x')\nv = sympy.Lambda(x, x + 2)",
            ),
            ("true", "v = sympy.true", "v = True", "type(v).__name__"),
            ("integer-or-int", "v = sympy.Integer(1)", "v = 1", "type(v).__name__"),
        ],
    ),
    *_pairs(
        "pydantic",
        PYDANTIC,
        [
            ("field", MODEL + "v = M()", MODEL + "v = M(a=2)"),
            ("which-fields-were-set", MODEL + "v = M()", MODEL + "v = M(a=1)", "v.model_fields_set"),
            (
                "extra",
                "class M(pydantic.BaseModel, extra='allow'):\n    a: int = 1\nv = M()",
                "class M(pydantic.BaseModel, extra='allow'):\n    a: int = 1\nv = M(z=1)",
                "v.model_extra",
            ),
            (
                "private",
                "class M(pydantic.BaseModel):\n    _p: int = 1\nv = M()",
                "class M(pydantic.BaseModel):\n    _p: int = 1\nv = M()\nv._p = 2",
                "v._p",
            ),
            (
                "type-of-field",
                "class v(pydantic.BaseModel):\n    a: int",
                "class v(pydantic.BaseModel):\n    a: float",
                "v(a=1)",
            ),
            (
                "default",
                "class v(pydantic.BaseModel):\n    a: int = 1",
                "class v(pydantic.BaseModel):\n    a: int = 2",
                "v()",
            ),
            (
                "constraint",
                "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(gt=0)",
                "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(gt=1)",
                "v.model_json_schema()",
            ),
            (
                "alias",
                "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(alias='x')",
                "class v(pydantic.BaseModel):\n    a: int = pydantic.Field(alias='y')",
                "v.model_json_schema()",
            ),
            (
                "config",
                "class v(pydantic.BaseModel):\n    a: int = 1",
                "class v(pydantic.BaseModel, frozen=True):\n    a: int = 1",
                "v.model_config",
            ),
            (
                "validator",
                "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a')\n    @classmethod\n    def check(cls, x):\n        return x + 1",
                "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a')\n    @classmethod\n    def check(cls, x):\n        return x + 2",
                "v(a=1)",
            ),
            (
                "validator-mode",
                "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a', mode='before')\n    @classmethod\n    def check(cls, x):\n        return x * 2",
                "class v(pydantic.BaseModel):\n    a: int\n    @pydantic.field_validator('a', mode='after')\n    @classmethod\n    def check(cls, x):\n        return x * 2",
                "v(a='1')",
            ),
            (
                "default-factory",
                "class v(pydantic.BaseModel):\n    a: list = pydantic.Field(default_factory=lambda: [1])",
                "class v(pydantic.BaseModel):\n    a: list = pydantic.Field(default_factory=lambda: [2])",
                "v()",
            ),
            (
                "computed-field",
                "class v(pydantic.BaseModel):\n    @pydantic.computed_field\n    @property\n    def a(self) -> int:\n        return 1",
                "class v(pydantic.BaseModel):\n    @pydantic.computed_field\n    @property\n    def a(self) -> int:\n        return 2",
                "v().model_dump()",
            ),
            (
                "model-of-a-field",
                "class A(pydantic.BaseModel):\n    x: int = 1\nv = pydantic.create_model('v', a=(A, A()))",
                "class A(pydantic.BaseModel):\n    x: int = 2\nv = pydantic.create_model('v', a=(A, A()))",
                "v()",
            ),
            (
                "dataclass",
                "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1",
                "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 2",
                "v()",
            ),
            ("adapter", "v = pydantic.TypeAdapter(int)", "v = pydantic.TypeAdapter(float)", "v.validate_python(1)"),
        ],
    ),
    *_pairs(
        "attrs",
        ATTRS,
        [
            (
                "value",
                "@attrs.define\nclass A:\n    x: int = 1\nv = A()",
                "@attrs.define\nclass A:\n    x: int = 1\nv = A(2)",
            ),
            ("default", "@attrs.define\nclass v:\n    x: int = 1", "@attrs.define\nclass v:\n    x: int = 2", "v()"),
            (
                "validator",
                "@attrs.define\nclass v:\n    x: int = attrs.field(validator=attrs.validators.gt(0))",
                "@attrs.define\nclass v:\n    x: int = attrs.field(validator=attrs.validators.gt(1))",
                "attrs.fields(v)",
            ),
            (
                "converter",
                "@attrs.define\nclass v:\n    x: int = attrs.field(converter=int)",
                "@attrs.define\nclass v:\n    x: int = attrs.field(converter=float)",
                "v(1)",
            ),
            (
                "equality",
                "@attrs.define\nclass v:\n    x: int = 1",
                "@attrs.define(eq=False)\nclass v:\n    x: int = 1",
                "v() == v()",
            ),
            (
                "frozen",
                "@attrs.define\nclass v:\n    x: int = 1",
                "@attrs.frozen\nclass v:\n    x: int = 1",
                "v.__setattr__ is object.__setattr__",
            ),
            (
                "method",
                "@attrs.define\nclass A:\n    def m(self): return 1\nv = A()",
                "@attrs.define\nclass A:\n    def m(self): return 2\nv = A()",
                "v.m()",
            ),
        ],
    ),
]

VALIDATED = """
class v(pydantic.BaseModel):
    '''A model.'''

    model_config = pydantic.ConfigDict(frozen=True)
    a: int = pydantic.Field(1, gt=0, description='d')
    b: 'list[v] | None' = None
    _p: dict = pydantic.PrivateAttr(default_factory=dict)

    @pydantic.field_validator('a', mode='after')
    @classmethod
    def check(cls, x):
        return x

    @pydantic.model_validator(mode='after')
    def whole(self):
        return self

    @pydantic.field_serializer('a')
    def out(self, x):
        return str(x)

    @pydantic.computed_field
    @property
    def twice(self) -> int:
        return 2 * self.a
"""
EQUAL: list[Pair] = [
    *_pairs(
        "scipy",
        SCIPY,
        [
            (
                "after-use",
                f"v = {MATRIX}",
                f"v = {MATRIX}\nv.sum(), v.toarray(), v.has_sorted_indices, v.has_canonical_format, v.nnz, repr(v), v @ v",
                "v.toarray().tolist()",
            ),
            (
                "matrix-after-use",
                "v = sp.csc_matrix(np.eye(2))",
                "v = sp.csc_matrix(np.eye(2))\nv.has_sorted_indices, v.has_canonical_format, v.T @ v",
                "v.toarray().tolist()",
            ),
        ],
    ),
    *_pairs(
        "sklearn",
        SKLEARN,
        [
            (
                "fitted-twice",
                "v = LinearRegression().fit([[1], [2]], [1, 2])",
                "v = LinearRegression().fit([[1], [2]], [1, 2])\nv.predict([[1]]), repr(v), v._repr_html_()",
                "v.coef_",
            )
        ],
    ),
    *_pairs(
        "xarray",
        XARRAY,
        [
            (
                "after-use",
                f"v = {SET}",
                f"v = {SET}\nv.attrs, v.encoding, v.n.attrs, v.x.attrs, repr(v), v.sel(x=0), v.n.mean(), v.indexes, v.xindexes, v.n.values",
                "v.n.values.tolist()",
            ),
            (
                "array-after-use",
                "v = xr.DataArray([1.0, 2.0], coords={'x': [0, 1]}, dims='x')",
                "v = xr.DataArray([1.0, 2.0], coords={'x': [0, 1]}, dims='x')\nv.attrs, v.encoding, v.x.encoding, v.to_series(), v._repr_html_(), v.get_index('x')",
                "v.values.tolist()",
            ),
            (
                "variable-after-use",
                "v = xr.Variable('x', [1])",
                "v = xr.Variable('x', [1])\nv.attrs, v.encoding, v.values",
            ),
        ],
    ),
    *_pairs(
        "torch",
        TORCH,
        [
            ("gaps", "v = torch.arange(10)[::2]", "v = torch.arange(10)[::2].clone()"),
            ("columns", "v = torch.arange(6).reshape(2, 3)[:, 1:]", "v = torch.tensor([[1, 2], [4, 5]])"),
            ("single-rows", "v = torch.zeros(1, 3).t()", "v = torch.zeros(3, 1)"),
            (
                "after-use",
                "torch.manual_seed(0)\nv = torch.nn.Linear(2, 2)",
                "torch.manual_seed(0)\nv = torch.nn.Linear(2, 2)\nrepr(v), v.state_dict(), v(torch.ones(1, 2)), list(v.parameters())",
                "v.weight.tolist()",
            ),
            ("detached", "v = torch.ones(2)", "v = torch.ones(2, requires_grad=True).detach().clone()"),
        ],
    ),
    *_pairs(
        "pillow",
        PIL,
        [
            (
                "after-use",
                "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])",
                "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])\nv.convert('RGB'), v.getpixel((0, 0)), v.resize((4, 4)), repr(v), v.getexif(), v.getpalette()",
                "v.tobytes()",
            ),
            (
                "from-an-array",
                "v = Image.fromarray(np.zeros((2, 2), 'u1'))",
                "v = Image.new('L', (2, 2))",
                "v.tobytes()",
            ),
            (
                "cropped",
                "v = Image.new('RGB', (4, 4)).crop((1, 1, 3, 3))",
                "v = Image.new('RGB', (2, 2))",
                "v.tobytes()",
            ),
            (
                "padding-of-rgb",
                "v = Image.new('RGBA', (2, 2), (1, 2, 3, 4)).convert('RGB')",
                "v = Image.new('RGB', (2, 2), (1, 2, 3))",
                "v.tobytes()",
            ),
        ],
    ),
    *_pairs(
        "matplotlib",
        PLOTS,
        [
            (
                "used-colour-map",
                "import matplotlib as m\nv = m.colormaps['viridis']",
                "import matplotlib as m\nv = m.colormaps['viridis']\nv(0.5)",
                "v.name",
            ),
            (
                "norm",
                "from matplotlib.colors import Normalize\nv = Normalize(0, 1)",
                "from matplotlib.colors import Normalize\nv = Normalize(0, 1)\nv(0.5)",
                "v.vmin, v.vmax",
            ),
        ],
    ),
    *_pairs(
        "networkx",
        GRAPHS,
        [
            (
                "after-use",
                "v = nx.path_graph(3)",
                "v = nx.path_graph(3)\nv.adj, v.nodes, v.edges, v.degree, nx.shortest_path(v, 0, 2), repr(v), str(v)",
                "list(v.edges)",
            ),
            (
                "directed-after-use",
                "v = nx.DiGraph([(1, 2)])",
                "v = nx.DiGraph([(1, 2)])\nv.adj, v.pred, v.succ, v.in_edges, v.out_degree, nx.is_directed_acyclic_graph(v)",
                "list(v.edges)",
            ),
        ],
    ),
    *_pairs(
        "sympy",
        SYMPY,
        [
            ("order-of-a-sum", "x, y = sympy.symbols('x y')\nv = x + y", "x, y = sympy.symbols('x y')\nv = y + x"),
            (
                "after-use",
                "v = sympy.Symbol('x', positive=True) ** 2 + 1",
                "v = sympy.Symbol('x', positive=True) ** 2 + 1\nv.is_positive, hash(v), v.free_symbols, str(v), v.diff(), sympy.integrate(v)",
            ),
            (
                "function-made-twice",
                "v = sympy.Function('f')(1)",
                "sympy.Function('f')\nv = sympy.Function('f')(sympy.Integer(1))",
            ),
            (
                "matrix-after-use",
                "v = sympy.Matrix([[1, 2], [3, 4]])",
                "v = sympy.Matrix([[1, 2], [3, 4]])\nv.det(), v.inv(), v.T, repr(v)",
            ),
            ("dummies", "v = sympy.Dummy('d')", "sympy.Dummy('e')\nv = sympy.Dummy('d')"),
            (
                "bound-dummies",
                "x = sympy.Symbol('x')\nv = sympy.solveset(sympy.sin(x), x)",
                "x = sympy.Symbol('x')\n[sympy.Dummy() for _ in range(5)]\nv = sympy.solveset(sympy.sin(x), x)",
            ),
            (
                "set-of-symbols",
                "v = sympy.FiniteSet(*sympy.symbols('a:h'))",
                "v = sympy.FiniteSet(*reversed(sympy.symbols('a:h')))",
            ),
        ],
    ),
    *_pairs(
        "pydantic",
        PYDANTIC,
        [
            ("model-made-twice", VALIDATED, VALIDATED, "v().model_dump()"),
            (
                "model-after-use",
                VALIDATED,
                VALIDATED + "v(a=3), v.model_json_schema(), v().model_dump(), v.__signature__, v.model_fields",
                "v().model_dump()",
            ),
            (
                "instance-after-use",
                MODEL + "v = M(a=2)",
                MODEL + "v = M(a=2)\nv.model_dump(), repr(v), v.model_dump_json(), v == M()",
            ),
            ("assigned", MODEL + "v = M(a=2)", MODEL + "v = M(a=3)\nv.a = 2"),
            (
                "dataclass",
                "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1",
                "@pydantic.dataclasses.dataclass\nclass v:\n    a: int = 1\nv()",
                "v()",
            ),
            (
                "adapter",
                "v = pydantic.TypeAdapter(list[int])",
                "v = pydantic.TypeAdapter(list[int])\nv.validate_python([1]), v.json_schema()",
                "v.validate_python([1])",
            ),
        ],
    ),
    *_pairs(
        "attrs",
        ATTRS,
        [
            (
                "made-twice",
                "@attrs.define\nclass v:\n    x: int = 1\n    y: list = attrs.field(factory=list, validator=attrs.validators.instance_of(list))",
                "@attrs.define\nclass v:\n    x: int = 1\n    y: list = attrs.field(factory=list, validator=attrs.validators.instance_of(list))\nv(), repr(v()), attrs.fields(v)",
                "v()",
            ),
            (
                "dict-class",
                "@attr.s\nclass v:\n    x = attr.ib(1)".replace("@attr.s", "import attr\n@attr.s"),
                "import attr\n@attr.s\nclass v:\n    x = attr.ib(1)\nv(), hash(v)",
                "v()",
            ),
        ],
    ),
]

ROUNDTRIP: list[Value] = [
    *_values(
        "scipy",
        SCIPY,
        [f"v = sp.{form}_array(np.eye(3))" for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")],
    ),
    *_values(
        "scipy",
        SCIPY,
        [f"v = sp.{form}_matrix(np.eye(3))" for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")],
    ),
    *_values(
        "scipy",
        SCIPY,
        [
            "from scipy import interpolate\nv = interpolate.CubicSpline([0, 1, 2], [0, 1, 4])",
            "from scipy import spatial\nv = spatial.KDTree(np.eye(3))",
        ],
    ),
    *_values(
        "sklearn",
        SKLEARN,
        [
            "v = make_pipeline(StandardScaler(), LinearRegression()).fit([[1.0], [2.0]], [1, 2])",
            "v = SGDClassifier(random_state=0).fit([[1.0], [2.0]], [0, 1])",
            "from sklearn.ensemble import HistGradientBoostingRegressor\nv = HistGradientBoostingRegressor(max_iter=3, random_state=0).fit(np.arange(60.0).reshape(-1, 1), np.arange(60.0))",
            "from sklearn.ensemble import GradientBoostingClassifier\nv = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(np.arange(60.0).reshape(-1, 1), np.arange(60) % 2)",
            "from sklearn.neighbors import KNeighborsClassifier\nv = KNeighborsClassifier(1, algorithm='kd_tree').fit([[1.0], [2.0]], [0, 1])",
            "from sklearn.svm import SVC\nv = SVC().fit([[1.0], [2.0]], [0, 1])",
            "from sklearn.feature_extraction.text import TfidfVectorizer\nv = TfidfVectorizer().fit(['a bc', 'bc de'])",
            "from sklearn.cluster import KMeans\nv = KMeans(2, n_init=1, random_state=0).fit([[1.0], [2.0], [3.0]])",
            "from sklearn.compose import ColumnTransformer\nv = ColumnTransformer([('s', StandardScaler(), [0])]).fit([[1.0], [2.0]])",
        ],
    ),
    *_values(
        "xarray",
        XARRAY,
        [
            f"v = {SET}",
            "v = xr.DataArray(np.zeros((2, 2)), coords={'t': pd.date_range('2020', periods=2), 'x': [0, 1]}, dims=('t', 'x'), name='n', attrs={'u': 1})",
            "v = xr.Variable('x', np.arange(3), {'a': 1})",
            "v = xr.IndexVariable('x', np.arange(3))",
            "v = xr.Dataset(coords=xr.Coordinates.from_pandas_multiindex(pd.MultiIndex.from_product([[1, 2], ['a']], names=['l', 'm']), 'z'))",
            f"v = xr.DataTree.from_dict({{'/': {SET}, '/a': {SET}}})",
            f"x = {SET}\nv = [x, x.n, x.n.data]",
            f"v = {SET}.isel(x=[0])",
            f"v = {SET}.groupby('x')",
        ],
    ),
    *_values(
        "torch",
        TORCH,
        [
            "v = torch.arange(6).reshape(2, 3).t()",
            "v = torch.arange(10)[::2]",
            "v = torch.zeros(2, dtype=torch.bfloat16)",
            "v = torch.tensor(1.5)",
            "v = torch.zeros(0, 3)",
            "v = torch.nn.Parameter(torch.ones(2))",
            "v = torch.eye(2).to_sparse()",
            "v = torch.eye(2).to_sparse_csr()",
            "v = torch.zeros(1, 2, 2, 2).to(memory_format=torch.channels_last)",
            "v = torch.ones(2, dtype=torch.complex64).conj()",
            "v = torch.zeros(1).expand(3)",
            "torch.manual_seed(0)\nv = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.ReLU())",
            "torch.manual_seed(0)\nm = torch.nn.Linear(2, 2)\nm(torch.ones(1, 2)).sum().backward()\no = torch.optim.Adam(m.parameters())\no.step()\no.zero_grad()\nv = [m, o]",
            "torch.manual_seed(0)\nv = torch.nn.Linear(2, 2).state_dict()",
            "v = torch.Generator().manual_seed(3)",
            "v = [torch.float32, torch.device('cpu'), torch.Size([1, 2]), torch.Size([])]",
            "v = torch.utils.data.TensorDataset(torch.zeros(2))",
            "v = torch.distributions.Normal(torch.zeros(1), torch.ones(1))",
        ],
    ),
    *_values(
        "pillow",
        PIL,
        [
            *(
                f"v = Image.new('{mode}', (3, 2))"
                for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "I", "F", "LA", "I;16")
            ),
            "v = Image.new('P', (2, 2))\nv.putpalette([1, 2, 3])\nv.info['a'] = (1, 2)",
            "b = io.BytesIO()\nImage.new('RGB', (2, 2)).save(b, 'PNG', dpi=(72, 72))\nv = Image.open(io.BytesIO(b.getvalue()))",
            "b = io.BytesIO()\nImage.new('RGB', (2, 2)).save(b, 'JPEG')\nv = Image.open(io.BytesIO(b.getvalue()))",
            "b = io.BytesIO()\nImage.new('P', (2, 2)).save(b, 'GIF')\nv = Image.open(io.BytesIO(b.getvalue()))",
        ],
    ),
    *_values(
        "matplotlib",
        PLOTS,
        [
            "import matplotlib as m\nv = m.colormaps['viridis']",
            "from matplotlib.colors import LinearSegmentedColormap\nv = LinearSegmentedColormap.from_list('x', ['r', 'b'])",
            "from matplotlib.colors import LogNorm\nv = LogNorm(1, 2)",
        ],
    ),
    *_values(
        "networkx",
        GRAPHS,
        [
            "v = nx.karate_club_graph()",
            "v = nx.DiGraph([(1, 2, {'w': 1})])",
            "v = nx.MultiDiGraph([(1, 2), (1, 2)])",
            "v = nx.path_graph(4)\nv.nodes, v.edges, v.adj",
            "v = nx.path_graph(4).subgraph([1, 2])",
            "v = nx.path_graph(4).nodes",
            "v = nx.path_graph(4).edges",
            "v = nx.freeze(nx.path_graph(2))",
        ],
    ),
    *_values(
        "sympy",
        SYMPY,
        [
            "x = sympy.Symbol('x', positive=True)\nv = sympy.integrate(sympy.sin(x) ** 2 / x, x)",
            "v = sympy.Function('f')(sympy.Symbol('t')).diff()",
            "v = sympy.Matrix([[1, sympy.Symbol('x')]])",
            "v = sympy.ImmutableMatrix([[1, 2]])",
            "v = sympy.SparseMatrix([[0, 1]])",
            "d = sympy.Dummy('d')\nv = [d, d + 1]",
            "v = sympy.Poly(sympy.Symbol('x') ** 2 + 1)",
            "v = [sympy.pi, sympy.oo, sympy.I, sympy.Float('1.5', 30), sympy.Rational(1, 3), sympy.true, sympy.S.Reals]",
            "v = sympy.Piecewise((sympy.Symbol('x'), sympy.Symbol('x') > 0), (0, True))",
            "v = sympy.MatrixSymbol('A', 2, 2)",
            "v = sympy.IndexedBase('A')[sympy.Idx('i', 3)]",
            "v = sympy.Eq(sympy.Symbol('x'), 1)",
            "x = sympy.Symbol('x')\nv = sympy.solveset(sympy.sin(x), x)",
            "from sympy.physics import units\nv = 3 * units.meter / units.second",
        ],
    ),
    *_values("pydantic", PYDANTIC, [MODEL + "v = M(b=[1])", VALIDATED + "v = v(a=3)", VALIDATED]),
    *_values(
        "attrs",
        ATTRS,
        [
            "@attrs.define\nclass A:\n    x: int = 1\n    y: list = attrs.field(factory=list)\nv = A()",
            "@attrs.frozen\nclass A:\n    x: int = 1\nv = A()",
            "@attrs.define\nclass v:\n    x: int = attrs.field(default=1, validator=attrs.validators.gt(0))",
        ],
    ),
]
