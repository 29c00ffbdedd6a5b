"""Values of torch."""

from __future__ import annotations

from tests.fingerprint.libraries.rows import pairs, values

NEEDS = ("numpy", "torch")

DIFFER = pairs(
    "torch",
    NEEDS,
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
        ("buffer", "v = torch.nn.BatchNorm1d(2)", "v = torch.nn.BatchNorm1d(2)\nv.running_mean += 1", "v.running_mean"),
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
)

EQUAL = pairs(
    "torch",
    NEEDS,
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
)

ROUNDTRIP = values(
    "torch",
    NEEDS,
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
)
