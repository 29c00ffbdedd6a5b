"""PyTorch: tensors, their gradients and the generators."""

from __future__ import annotations

import pickle
from typing import Any

import torch

from cashet_jupyter.effects.attributes import dict_of
from cashet_jupyter.effects.kinds import InPlaceError, Kind


def kind_of(obj: object) -> Kind | None:
    """How an object of torch is changed in place; None for any other, and for tensors that are not in main memory."""
    if isinstance(obj, torch.Tensor):
        plain = obj.layout == torch.strided and obj.device.type == "cpu" and not obj.is_quantized
        return TENSOR if plain and obj.grad_fn is None else None
    if isinstance(obj, torch.Generator) and obj.device.type == "cpu":
        return GENERATOR
    return None


def _get_tensor(tensor: Any) -> Any:
    values = tensor.detach().resolve_conj().resolve_neg().contiguous()
    flat = values.reshape(-1).view(torch.uint8).numpy() if values.numel() else b""
    return {
        "dtype": tensor.dtype,
        "shape": tuple(tensor.shape),
        "data": pickle.PickleBuffer(flat) if values.numel() else b"",
        "requires_grad": tensor.requires_grad,
        "grad": tensor.grad,
        "attributes": dict(dict_of(tensor) or {}),
    }


def _keep_tensor(tensor: Any) -> Any:
    content = _get_tensor(tensor)
    if content["data"]:
        content["data"] = bytes(content["data"].raw())
    return content


def _check_tensor(tensor: Any, content: Any) -> None:
    if tensor.grad_fn is not None and not content["requires_grad"]:
        raise InPlaceError("a tensor that is part of a calculation")


def _put_tensor(tensor: Any, content: Any) -> None:
    dtype, shape, data = content["dtype"], content["shape"], content["data"]
    with torch.no_grad():
        values = torch.empty(shape, dtype=dtype)
        if len(data):
            values = torch.frombuffer(bytearray(data), dtype=torch.uint8).view(dtype).reshape(shape)
        if tuple(tensor.shape) == shape and tensor.dtype == dtype:
            tensor.data.copy_(values)
        else:
            tensor.data = values
    tensor.requires_grad_(content["requires_grad"])
    tensor.grad = content["grad"]
    own = dict_of(tensor)
    if own is not None:
        own.clear()
        own.update(content["attributes"])


def _get_generator(generator: Any) -> Any:
    return generator.get_state().numpy().tobytes()


def _put_generator(generator: Any, content: bytes) -> None:
    generator.set_state(torch.frombuffer(bytearray(content), dtype=torch.uint8))


TENSOR = Kind("tensor", _get_tensor, _put_tensor, _check_tensor, _keep_tensor)
GENERATOR = Kind("torch generator", _get_generator, _put_generator)
