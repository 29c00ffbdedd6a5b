"""What has no value is refused, with the path to it and advice; it never gets a digest that only misses."""

from __future__ import annotations

import io

import pytest

from cashet_jupyter.errors import NotFingerprintable
from cashet_jupyter.fingerprint import fingerprint_value
from tests.cases.distinctions import Missing, build

REFUSED = {
    "autograd": ("v = {'loss': torch.ones(1, requires_grad=True) * 2}", ("torch",), ".detach()"),
    "hook": ("v = torch.ones(1, requires_grad=True)\nv.register_hook(print)", ("torch",), "hooks"),
    "nested": ("v = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])", ("torch",), "list of tensors"),
    "styler": ("v = pd.DataFrame({'a': [1]}).style", ("pandas", "jinja2"), "style the frame"),
    "python-in-a-query": (
        "v = pl.LazyFrame({'a': [1]}).select(pl.col('a').map_elements(lambda x: x + 1, return_dtype=pl.Int64))",
        ("polars",),
        "collect",
    ),
    "python-in-an-expression": ("v = pl.col('a').map_batches(lambda s: s)", ("polars",), "collect"),
    "frames-of-an-image": (
        "b = io.BytesIO()\nImage.new('L', (2, 2)).save(b, 'GIF', save_all=True, append_images=[Image.new('L', (2, 2), 9)])\n"
        "v = Image.open(io.BytesIO(b.getvalue()))",
        ("PIL",),
        "copies of its frames",
    ),
    "truncated-image": (
        "b = io.BytesIO()\nImage.new('L', (90, 90)).save(b, 'BMP')\nv = Image.open(io.BytesIO(b.getvalue()[:2000]))",
        ("PIL",),
        "",
    ),
    "compiled-validator": ("v = pydantic.TypeAdapter(int).validator", ("pydantic",), "keep the model"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_value_is_refused_with_advice(case):
    source, needs, advice = REFUSED[case]
    try:
        value = build(source, tuple(name for name in needs if name != "jinja2"))
    except (Missing, AttributeError) as error:
        pytest.skip(str(error))
    with pytest.raises(NotFingerprintable) as caught:
        fingerprint_value(value)
    assert advice in caught.value.advice
    assert caught.value.why


def test_the_path_leads_to_the_part_without_a_value():
    value = build("v = {'model': [torch.ones(1, requires_grad=True) * 2]}", ("torch",))
    with pytest.raises(NotFingerprintable) as caught:
        fingerprint_value(value)
    assert caught.value.path.endswith("['model'][0]")


@pytest.mark.filterwarnings("ignore")
def test_data_that_still_lies_in_a_file_is_refused_until_it_is_loaded(tmp_path):
    xr = pytest.importorskip("xarray")
    np = pytest.importorskip("numpy")
    pytest.importorskip("scipy")
    xr.Dataset({"n": ("x", np.arange(3.0))}).to_netcdf(tmp_path / "data.nc", engine="scipy")
    with xr.open_dataset(tmp_path / "data.nc", engine="scipy") as dataset:
        with pytest.raises(NotFingerprintable) as caught:
            fingerprint_value(dataset)
        assert ".load()" in caught.value.advice
        assert not dataset._variables["n"]._in_memory, "asking for its fingerprint has read it"
        first = fingerprint_value(dataset.load())
    assert fingerprint_value(dataset) == first


def test_an_image_that_was_opened_is_the_image_that_was_read(tmp_path):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (3, 3), (1, 2, 3)).save(tmp_path / "a.png")
    opened, read = image.open(tmp_path / "a.png"), image.open(tmp_path / "a.png")
    read.load()
    assert fingerprint_value(opened) == fingerprint_value(read)
    assert isinstance(opened.tobytes(), bytes)
    assert io.BytesIO(opened.tobytes()).read(3) == b"\1\2\3"
