"""The entry points of native readers and writers, and which of their arguments names the file.

A row: module, what in it, the parameter's name, its position where the callable is made of C (there names cannot be
seen), and what is done with the file. `h5py` and `tables` open by a mode, which has a row kind of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point."""

    module: str
    name: str
    parameter: str
    position: int = 0
    access: Literal["read", "write", "folder", "mode"] = "read"


_Access = Literal["read", "write", "folder", "mode"]


def _rows(module: str, names: str, parameter: str, access: _Access, position: int = 0) -> list[Entry]:
    return [Entry(module, name, parameter, position, access) for name in names.split()]


ENTRIES: tuple[Entry, ...] = (
    # Arrow: pandas' read_parquet, read_feather, read_orc and what writes them end here
    *_rows("pyarrow.parquet.core", "ParquetFile.__init__ read_table", "source", "read"),
    *_rows("pyarrow.parquet.core", "ParquetDataset.__init__", "path_or_paths", "read"),
    *_rows("pyarrow.parquet.core", "ParquetWriter.__init__", "where", "write"),
    *_rows("pyarrow.parquet.core", "read_metadata read_schema", "where", "read"),
    *_rows("pyarrow.parquet.core", "write_metadata", "where", "write"),
    *_rows("pyarrow.parquet.core", "write_to_dataset", "root_path", "folder"),
    *_rows("pyarrow.dataset", "dataset", "source", "read"),
    *_rows("pyarrow.dataset", "parquet_dataset", "metadata_path", "read"),
    *_rows("pyarrow.dataset", "write_dataset", "base_dir", "folder"),
    *_rows("pyarrow.feather", "read_table read_feather", "source", "read"),
    *_rows("pyarrow.feather", "write_feather", "dest", "write"),
    *_rows("pyarrow.orc", "ORCFile.__init__ read_table", "source", "read"),
    *_rows("pyarrow.orc", "ORCWriter.__init__", "where", "write"),
    *_rows("pyarrow.ipc", "RecordBatchStreamReader.__init__ RecordBatchFileReader.__init__", "source", "read"),
    *_rows("pyarrow.ipc", "RecordBatchStreamWriter.__init__ RecordBatchFileWriter.__init__", "sink", "write"),
    *_rows("pyarrow.csv", "read_csv open_csv", "input_file", "read"),
    *_rows("pyarrow.csv", "write_csv", "output_file", "write", 1),
    *_rows("pyarrow.csv", "CSVWriter", "sink", "write"),
    *_rows("pyarrow.json", "read_json open_json", "input_file", "read"),
    *_rows("pyarrow", "OSFile", "path", "mode"),
    *_rows("pyarrow", "memory_map", "path", "mode"),
    *_rows("pyarrow", "MemoryMappedFile", "path", "mode"),
    *_rows("pyarrow", "create_memory_map", "path", "write"),
    *_rows("pyarrow", "input_stream", "source", "read"),
    *_rows("pyarrow", "output_stream", "source", "write"),
    # HDF5
    *_rows("h5py._hl.files", "File.__init__", "name", "mode"),
    *_rows("h5py._hl.base", "is_hdf5", "fname", "read"),
    *_rows("tables.file", "File.__init__", "filename", "mode"),
    *_rows("netCDF4", "Dataset", "filename", "mode"),
    # PyTorch
    *_rows("torch", "from_file", "filename", "read"),
    *_rows("torch.serialization", "save", "f", "write", 1),
    *_rows("torch.storage", "UntypedStorage.from_file", "filename", "read"),
    *_rows("torch.jit._serialization", "load jit_module_from_flatbuffer", "f", "read"),
    *_rows("torch.jit._serialization", "save save_jit_module_to_flatbuffer", "f", "write", 1),
    *_rows("torchvision.io.image", "read_file read_image decode_image", "path", "read"),
    *_rows("torchvision.io.image", "write_file write_jpeg write_png", "filename", "write", 1),
    *_rows("torchaudio", "load info", "uri", "read"),
    *_rows("safetensors", "safe_open", "filename", "read"),
    *_rows("safetensors.torch", "load_file", "filename", "read"),
    *_rows("safetensors.torch", "save_file", "filename", "write", 1),
    *_rows("safetensors.numpy", "load_file", "filename", "read"),
    *_rows("safetensors.numpy", "save_file", "filename", "write", 1),
    # pictures, sound, maps
    *_rows("PIL.ImageFont", "FreeTypeFont.__init__", "font", "read"),
    *_rows("cv2", "imread imreadmulti imcount VideoCapture", "filename", "read"),
    *_rows("cv2", "imwrite imwritemulti VideoWriter", "filename", "write"),
    *_rows("soundfile", "SoundFile.__init__", "file", "mode"),
    *_rows("rasterio", "open", "fp", "mode"),
    *_rows("fiona", "open", "fp", "mode"),
    *_rows("pyogrio.raw", "read read_arrow open_arrow", "path_or_buffer", "read"),
    *_rows("pyogrio.raw", "write write_arrow", "path", "write"),
    # models
    *_rows("xgboost.core", "DMatrix.__init__", "data", "read"),
    *_rows("xgboost.core", "Booster.load_model", "fname", "read"),
    *_rows("xgboost.core", "Booster.save_model", "fname", "write"),
    *_rows("lightgbm.basic", "Dataset.__init__", "data", "read"),
    *_rows("lightgbm.basic", "Booster.__init__", "model_file", "read"),
    *_rows("lightgbm.basic", "Booster.save_model", "filename", "write"),
    *_rows("onnxruntime.capi.onnxruntime_inference_collection", "InferenceSession.__init__", "path_or_bytes", "read"),
)

#: where the kernel holds one of these, files may be read that no adapter sees (an Arrow file system made in an
#: earlier cell): then files that the cell or its inputs name are dependencies in any case
NATIVE_LIBRARIES = frozenset({
    "pyarrow", "polars", "duckdb", "h5py", "tables", "netCDF4", "torch", "cv2", "rasterio", "fiona", "pyogrio",
    "osgeo", "soundfile", "lightgbm", "xgboost", "catboost", "onnxruntime", "safetensors", "tensorflow", "av",
    "SimpleITK", "pysam", "pyvips", "vaex", "lance", "deltalake", "apsw", "igraph", "rpy2", "openslide",
})  # fmt: skip
