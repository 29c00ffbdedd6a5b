"""PyTorch tensors: their memory as arrays, so that tensors and arrays that share it still do.

Imported only when torch is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from cashet_jupyter.errors import NotSerializable
from cashet_jupyter.serialize.origin import Origin
from cashet_jupyter.serialize.sharing import Root
from cashet_jupyter.serialize.views import extent

if TYPE_CHECKING:
    from cashet_jupyter.serialize.functions import Reduction
    from cashet_jupyter.serialize.stream import Stream


def reducer_of(kind: type) -> Callable[[Stream, Any], Any] | None:
    """The reducer of tensors and parameters; None for any other type."""
    return reduce_tensor if has_storage(kind) else None


def has_storage(kind: type) -> bool:
    """Whether a type is a tensor of torch itself."""
    return kind is torch.Tensor or kind is torch.nn.Parameter


def reduce_tensor(stream: Stream, tensor: Any) -> Reduction:
    """A tensor in main memory as a view of its storage; any other as torch says."""
    if tensor.grad_fn is not None:
        raise NotSerializable("", "a tensor with the calculation that it came from", "store tensor.detach()")
    if not _is_plain(tensor):
        return NotImplemented
    memory = _memory(stream, tensor)
    layout = (tensor.dtype, tuple(tensor.shape), tuple(tensor.stride()), tensor.storage_offset())
    state = (tensor.requires_grad, tensor.grad, dict(vars(tensor)))
    return make_tensor, (type(tensor), memory, *layout), state, None, None, set_tensor


def make_tensor(cls: Any, memory: Any, dtype: Any, shape: Any, stride: Any, offset: int) -> Any:
    """A tensor over memory that is given as bytes."""
    if len(memory):
        if not memory.flags.writeable:
            memory = memory.copy()
        storage = torch.from_numpy(memory).untyped_storage()
        made = torch.empty(0, dtype=dtype).set_(storage, offset, shape, stride)  # type: ignore[call-overload]
    else:
        made = torch.empty(shape, dtype=dtype)
    return made if cls is torch.Tensor else torch.nn.Parameter(made, requires_grad=False)


def set_tensor(tensor: Any, state: tuple[bool, Any, dict[str, Any]]) -> None:
    """Give a restored tensor its gradient and attributes."""
    requires_grad, grad, attributes = state
    tensor.requires_grad_(requires_grad)
    tensor.grad = grad
    vars(tensor).update(attributes)


def roots_of(node: Any) -> Iterator[Root]:
    """The memory of an input tensor."""
    if _is_plain(node) and node.untyped_storage().nbytes():
        memory = storage_bytes(node)
        yield Root(*extent(memory), memory, Origin(storage_bytes, (node,)))


def storage_bytes(tensor: Any) -> np.ndarray[Any, Any]:
    """All of the memory that a tensor is a view of, as bytes."""
    storage = tensor.untyped_storage()
    flat = torch.empty(0, dtype=torch.uint8).set_(storage, 0, (storage.nbytes(),), (1,))  # type: ignore[call-overload]
    return flat.numpy()


def _memory(stream: Stream, tensor: Any) -> np.ndarray[Any, Any]:
    """The memory of a tensor; the same array for all that share it."""
    storage = tensor.untyped_storage()
    if not storage.nbytes():
        return np.empty(0, np.uint8)
    known = stream.storages.get(storage.data_ptr())
    if known is None:
        known = stream.storages[storage.data_ptr()] = storage_bytes(tensor)
    return known


def _is_plain(tensor: Any) -> bool:
    return (
        tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and not tensor.is_quantized
        and not tensor.is_conj()
        and not tensor.is_neg()
    )
