"""torch: tensors by dtype, device, shape, order and elements; views are told apart from copies.

As with NumPy, the order of the dimensions in memory counts (row-major, channels last, transposed) and gaps between
the elements do not. Modules and optimizers are ordinary objects; their own reductions are canonical.

A tensor that remembers how it was computed is refused: the graph behind it cannot be read, and a backward pass
through it would reach tensors that the fingerprint has never seen.
"""

from __future__ import annotations

import ctypes
from typing import Any

import torch

from cashet_jupyter.fingerprint.encoder import Encoder, register


def install() -> None:
    """Register tensors, storages, generators and the small constants of torch."""
    register(torch.Tensor, encode_tensor)
    register(torch.Generator, encode_generator)
    register(torch.UntypedStorage, encode_storage)
    register(torch.TypedStorage, encode_typed_storage)
    for kind in (torch.dtype, torch.layout, torch.memory_format, torch.device):
        register(kind, encode_constant, node=False)
    register(torch.Size, encode_size, node=False)


def encode_constant(enc: Encoder, constant: Any) -> None:
    """A dtype, layout, memory format or device, by its name."""
    enc.text(str(constant))


def encode_size(enc: Encoder, size: Any) -> None:
    """A shape."""
    enc.values(list(size))


def encode_generator(enc: Encoder, generator: Any) -> None:
    """A generator by its state; torch's own global one by name, as its state is what the trace follows."""
    if generator is torch.default_generator:
        enc.tag("global")
        return
    enc.text(str(generator.device))
    _bytes(enc, generator.get_state())


def encode_storage(enc: Encoder, storage: Any) -> None:
    """The bytes behind tensors."""
    enc.text(str(storage.device))
    if storage.device.type != "cpu":
        storage = storage.cpu()
    _raw(enc, storage.data_ptr(), storage.nbytes())
    enc.extent(storage.data_ptr(), storage.data_ptr() + storage.nbytes())


def encode_typed_storage(enc: Encoder, storage: Any) -> None:
    """The bytes behind tensors, with a type."""
    enc.text(str(storage.dtype))
    encode_storage(enc, storage._untyped_storage)


def encode_tensor(enc: Encoder, tensor: Any) -> None:
    """A tensor of any layout."""
    _check(enc, tensor)
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        plain = tensor.detach()
        enc.values([str(plain.dtype), str(plain.device), str(plain.layout), tensor.requires_grad])
        enc.values(list(plain.shape))
        # lazy conjugation and negation: the elements below are the resolved ones
        enc.values([plain.is_conj(), plain.is_neg()])
        if plain.layout is torch.strided:
            _strided(enc, plain)
        else:
            _sparse(enc, plain)
        gradient = tensor.grad
    with enc.step(".grad"):
        enc.value(gradient)
    enc.attributes(vars(tensor))


def _check(enc: Encoder, tensor: Any) -> None:
    if tensor.grad_fn is not None:
        enc.refuse("a tensor that remembers how it was computed (an autograd graph)", "use .detach()")
    if tensor.is_quantized or tensor.is_nested:
        enc.refuse("a quantized or nested tensor", "dequantize it, or keep a list of tensors")
    if tensor._backward_hooks or getattr(tensor, "_post_accumulate_grad_hooks", None):
        enc.refuse(
            "a tensor with hooks, which do not survive being stored", "register the hooks in the cell that trains"
        )


def _strided(enc: Encoder, tensor: Any) -> None:
    shape, strides = list(tensor.shape), tensor.stride()
    wide = [dim for dim, size in enumerate(shape) if size > 1]
    order = sorted(wide, key=lambda dim: -strides[dim])
    repeats = any(strides[dim] == 0 for dim in wide)
    enc.values([order == wide or not tensor.numel(), repeats])
    if tensor.is_meta or not tensor.numel():
        return
    if order != wide:
        enc.values(order)
    try:
        low = tensor.data_ptr()
    except RuntimeError as error:
        enc.refuse(f"a tensor without memory: {error}")
    span = 1 + sum((shape[dim] - 1) * strides[dim] for dim in wide)
    enc.extent(low, low + span * tensor.element_size())
    rest = [dim for dim in range(len(shape)) if dim not in order]
    _bytes(enc, tensor.permute(rest + order))


def _sparse(enc: Encoder, tensor: Any) -> None:
    if tensor.layout is torch.sparse_coo:
        enc.value(tensor.is_coalesced())
        parts = (tensor._indices(), tensor._values())
    elif tensor.layout in (torch.sparse_csr, torch.sparse_bsr):
        parts = (tensor.crow_indices(), tensor.col_indices(), tensor.values())
    elif tensor.layout in (torch.sparse_csc, torch.sparse_bsc):
        parts = (tensor.ccol_indices(), tensor.row_indices(), tensor.values())
    else:
        enc.refuse(f"a tensor of layout {tensor.layout}", "use .to_dense()")
    for part in parts:
        enc.values([str(part.dtype), *part.shape])
        _strided(enc, part)


def _bytes(enc: Encoder, tensor: Any) -> None:
    """The elements in order; in place where they lie in that order without gaps."""
    data = tensor.resolve_conj().resolve_neg()
    if data.device.type != "cpu":
        data = data.cpu()
    data = data.contiguous()
    _raw(enc, data.data_ptr(), data.numel() * data.element_size())


def _raw(enc: Encoder, address: int, size: int) -> None:
    # through ctypes: torch runs without NumPy, and NumPy does not know bfloat16 and its like
    enc.buffer(memoryview((ctypes.c_uint8 * size).from_address(address)).cast("B") if size else b"")
