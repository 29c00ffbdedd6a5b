"""The settings of libraries that change what a cell computes or shows, one provider for each library."""

from __future__ import annotations

import decimal
import locale
import re
import sys
import warnings
from typing import Any

from cashet_jupyter.trace.providers import Options


def _module(name: str) -> Any:
    return sys.modules[name]


# ------------------------------------------------------------------------------------------------------ pandas
def _pandas_registered() -> dict[str, Any]:
    """Name -> its registration, with the default; from the only place where pandas keeps them together."""
    return getattr(_module("pandas._config.config"), "_registered_options", {})


def _pandas_take() -> dict[str, Any]:
    found: dict[str, Any] = {}
    _flatten(getattr(_module("pandas._config.config"), "_global_config", {}), "", found)
    return found


def _flatten(options: dict[str, Any], prefix: str, found: dict[str, Any]) -> None:
    for name, value in options.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{name}.", found)
        else:
            found[prefix + name] = value


def _pandas_put(values: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in values.items():
            _module("pandas").set_option(name, value)


def _pandas_usual() -> dict[str, Any]:
    return {name: option.defval for name, option in _pandas_registered().items()}


# ------------------------------------------------------------------------------------------------------- numpy
_NUMPY_PRINT = {
    "edgeitems": 3, "threshold": 1000, "floatmode": "maxprec", "precision": 8, "suppress": False, "linewidth": 75,
    "nanstr": "nan", "infstr": "inf", "sign": "-", "formatter": None, "legacy": False, "override_repr": None,
}  # fmt: skip
_NUMPY_ERRORS = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}


def _numpy_print_put(values: dict[str, Any]) -> None:
    numpy = _module("numpy")
    numpy.set_printoptions(**{**numpy.get_printoptions(), **values})


# -------------------------------------------------------------------------------------------------- matplotlib
#: where figures go is the front end's affair
_RC_FRONT_END = frozenset({"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.port"})


def _rc_take() -> dict[str, Any]:
    # as a dict: asking for the backend the other way would choose one
    return {name: value for name, value in dict.items(_module("matplotlib").rcParams) if name not in _RC_FRONT_END}


def _rc_put(values: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _module("matplotlib").rcParams.update(values)


def _rc_usual() -> dict[str, Any]:
    return dict(dict.items(_module("matplotlib").rcParamsDefault))


# ---------------------------------------------------------------------------------------- sklearn, polars, ...
_SKLEARN = {
    "assume_finite": False, "working_memory": 1024, "print_changed_only": True, "display": "diagram",
    "pairwise_dist_chunk_size": 256, "enable_cython_pairwise_dist": True, "array_api_dispatch": False,
    "transform_output": "default", "enable_metadata_routing": False, "skip_parameter_validation": False,
    "sparse_interface": "spmatrix",
}  # fmt: skip
_XARRAY = {"keep_attrs": "default", "arithmetic_join": "inner", "arithmetic_broadcast": True, "display_max_rows": 12}


def _xarray_take() -> dict[str, Any]:
    return {name: value for name, value in _module("xarray").get_options().items() if name in _XARRAY}


def _xarray_put(values: dict[str, Any]) -> None:
    _module("xarray").set_options(**values)


_POLARS_DIRECT = {"mixed", None, "", ".", False}


def _polars_take() -> dict[str, Any]:
    # one text with all of them: some can only be set together
    return {"saved": _module("polars").Config.save()}


def _polars_put(values: dict[str, Any]) -> None:
    _module("polars").Config.load(values["saved"])


def _polars_usual() -> dict[str, Any]:
    state = _module("polars").Config.state()
    usual = all(value in _POLARS_DIRECT if name.startswith("set_") else value is None for name, value in state.items())
    return _polars_take() if usual else {"saved": ""}


def _torch_take() -> dict[str, Any]:
    torch = _module("torch")
    return {
        "dtype": str(torch.get_default_dtype()).removeprefix("torch."),
        "grad": torch.is_grad_enabled(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul": torch.get_float32_matmul_precision(),
        "device": str(torch.get_default_device()) if hasattr(torch, "get_default_device") else "cpu",
    }


def _torch_put(values: dict[str, Any]) -> None:
    torch = _module("torch")
    if "dtype" in values:
        torch.set_default_dtype(getattr(torch, values["dtype"]))
    if "grad" in values:
        torch.set_grad_enabled(values["grad"])
    if "deterministic" in values:
        torch.use_deterministic_algorithms(values["deterministic"])
    if "matmul" in values:
        torch.set_float32_matmul_precision(values["matmul"])
    if "device" in values:
        torch.set_default_device(values["device"])


# ------------------------------------------------------------------------------------------- of Python itself
_DECIMAL = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")


def _decimal_take() -> dict[str, Any]:
    context = decimal.getcontext()
    # the flags only say what happened since somebody cleared them
    traps = sorted(signal.__name__ for signal, on in context.traps.items() if on)
    return {**{name: getattr(context, name) for name in _DECIMAL}, "traps": traps}


def _decimal_put(values: dict[str, Any]) -> None:
    context = decimal.getcontext()
    for name, value in values.items():
        if name == "traps":
            for signal in context.traps:
                context.traps[signal] = signal.__name__ in value
        else:
            setattr(context, name, value)


def _decimal_usual() -> dict[str, Any]:
    usual = decimal.DefaultContext
    traps = sorted(signal.__name__ for signal, on in usual.traps.items() if on)
    return {**{name: getattr(usual, name) for name in _DECIMAL}, "traps": traps}


def _decimal_stamp() -> tuple[str, str]:
    return repr(decimal.getcontext()), repr(decimal.DefaultContext)  # precision, rounding, traps: everything


def _locale_take() -> dict[str, Any]:
    return {"all": locale.setlocale(locale.LC_ALL)}


def _locale_put(values: dict[str, Any]) -> None:
    locale.setlocale(locale.LC_ALL, values["all"])


def _limits_take() -> dict[str, Any]:
    return {"recursion": sys.getrecursionlimit(), "digits": sys.get_int_max_str_digits()}


def _limits_put(values: dict[str, Any]) -> None:
    if "recursion" in values:
        sys.setrecursionlimit(values["recursion"])
    if "digits" in values:
        sys.set_int_max_str_digits(values["digits"])


def _filters_take() -> dict[str, Any]:
    """The warning filters: those for everybody's warnings, and all of them in their order.

    Libraries add filters for their own modules and messages when they are imported; those do not count as options.
    """
    filters: list[Any] = list(warnings.filters)
    everybody = [
        (action, category.__name__, line)
        for action, message, category, module, line in filters
        if message is None and module is None and category.__module__ == "builtins"
    ]
    # the same filters lower down are never reached
    return {"everybody": list(dict.fromkeys(everybody)), "all": [_filter_text(*entry) for entry in filters]}


def _filters_stamp() -> tuple[Any, ...]:
    return tuple(warnings.filters)  # each one is a tuple that nobody can change


def _filter_text(action: str, message: Any, category: Any, module: Any, line: int) -> tuple[Any, ...]:
    return (action, _pattern(message), category.__module__, category.__qualname__, _pattern(module), line)


def _filters_put(values: dict[str, Any]) -> None:
    wanted: list[Any] = list(values["all"])
    filters: list[Any] = list(warnings.filters)
    mine = [_filter_text(*entry) for entry in filters if entry[1] is not None or entry[3] is not None]
    wanted = [entry for entry in mine if entry not in wanted] + wanted
    warnings.resetwarnings()
    for action, message, owner, name, module, line in wanted:
        category = getattr(sys.modules.get(owner), name, None)
        if not isinstance(category, type):
            continue  # of a library that is not loaded here: it cannot warn
        if message or module:
            warnings.filterwarnings(action, message, category, module, line, append=True)
        else:
            warnings.simplefilter(action, category, line, append=True)


def _pattern(wanted: Any) -> str:
    return wanted.pattern if isinstance(wanted, re.Pattern) else wanted or ""


OPTIONS = (
    Options("pandas", "pandas", _pandas_take, _pandas_put, _pandas_usual),
    Options(
        "numpy.printoptions",
        "numpy",
        lambda: _module("numpy").get_printoptions(),
        _numpy_print_put,
        lambda: _NUMPY_PRINT,
    ),
    Options(
        "numpy.errstate",
        "numpy",
        lambda: _module("numpy").geterr(),
        lambda values: _module("numpy").seterr(**values),
        lambda: _NUMPY_ERRORS,
    ),
    Options("matplotlib", "matplotlib", _rc_take, _rc_put, _rc_usual),
    Options(
        "sklearn",
        "sklearn",
        lambda: _module("sklearn").get_config(),
        lambda values: _module("sklearn").set_config(**values),
        lambda: _SKLEARN,
    ),
    Options("xarray", "xarray", _xarray_take, _xarray_put, lambda: _XARRAY),
    Options("polars", "polars", _polars_take, _polars_put, _polars_usual),
    Options(
        "torch",
        "torch",
        _torch_take,
        _torch_put,
        lambda: {"dtype": "float32", "grad": True, "deterministic": False, "matmul": "highest", "device": "cpu"},
    ),
    Options("decimal", "decimal", _decimal_take, _decimal_put, _decimal_usual, stamp=_decimal_stamp),
    Options(
        "locale",
        "locale",
        _locale_take,
        _locale_put,
        lambda: {"all": ""},
        stamp=lambda: locale.setlocale(locale.LC_ALL),
    ),
    Options(
        "warnings",
        "warnings",
        _filters_take,
        _filters_put,
        lambda: {"everybody": None},
        beside="all",
        stamp=_filters_stamp,
    ),
    Options("limits", "sys", _limits_take, _limits_put, dict[str, Any], depends=False),
)
