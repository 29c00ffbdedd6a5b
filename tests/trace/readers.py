"""Every way to read a file that the matrix goes through: what makes the file, and the cell that reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reader:
    """One way to read."""

    name: str
    make: str
    cell: str
    file: str = "x"
    needs: tuple[str, ...] = ()
    mentioned: bool = False
    """No adapter can see it: the cell's own text names the file."""
    absolute: bool = False
    """The library makes the path absolute."""

    def __str__(self) -> str:
        return self.name


_FRAME = "import pandas as pd; df = pd.DataFrame({'a': range(10), 'b': list('abcdefghij')}); "
_PL = "import polars as pl; df = pl.DataFrame({'a': [1, 2], 'b': ['x', 'y']}); "
_NP = "import numpy as np; "
_DATA = "open('x', 'wb').write(bytes(range(256)) * 16)"
_CSV = "open('x', 'w').write('a,b\\n1,2\\n3,4\\n')"
_PQ = _FRAME + "df.to_parquet('x')"
_PLPQ = _PL + "df.write_parquet('x')"

READERS: tuple[Reader, ...] = (
    Reader("open", _DATA, "open('x', 'rb').read()"),
    Reader("os.open", _DATA, "import os; fd = os.open('x', os.O_RDONLY); os.read(fd, 9); os.close(fd)"),
    Reader("io.FileIO", _DATA, "import io; io.FileIO('x').read()"),
    Reader("mmap", _DATA, "import mmap\nwith open('x', 'rb') as f: mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:]"),
    Reader("pathlib", _DATA, "from pathlib import Path; Path('x').read_bytes()"),
    Reader("shutil.copy", _DATA, "import shutil; shutil.copyfile('x', 'copy')"),
    Reader("csv", _CSV, "import csv\nwith open('x') as f: list(csv.reader(f))"),
    Reader("json", "open('x', 'w').write('[1, 2, 3]')", "import json\nwith open('x') as f: json.load(f)"),
    Reader("pickle", "import pickle; pickle.dump([1], open('x', 'wb'))", "import pickle; pickle.load(open('x', 'rb'))"),
    Reader("gzip", "import gzip\nwith gzip.open('x', 'w') as f: f.write(b'abc')", "import gzip; gzip.open('x').read()"),
    Reader("bz2", "import bz2\nwith bz2.open('x', 'w') as f: f.write(b'abc')", "import bz2; bz2.open('x').read()"),
    Reader("zipfile", "import zipfile\nwith zipfile.ZipFile('x', 'w') as z: z.writestr('a', 'b')",
           "import zipfile; zipfile.ZipFile('x').read('a')"),
    Reader("tarfile", "import tarfile; open('y', 'w').write('b')\nwith tarfile.open('x', 'w') as t: t.add('y')",
           "import tarfile; tarfile.open('x').getnames()"),
    Reader("configparser", "open('x', 'w').write('[a]\\nb=1\\n')",
           "import configparser; configparser.ConfigParser().read('x')"),
    Reader("tomllib", "open('x', 'w').write('a = 1')", "import tomllib; tomllib.load(open('x', 'rb'))"),
    Reader("sqlite3", "import sqlite3; c = sqlite3.connect('x'); c.execute('create table t(a)'); c.commit(); c.close()",
           "import sqlite3; c = sqlite3.connect('x'); c.execute('select * from t').fetchall(); c.close()"),
    Reader("sqlite3 ATTACH",
           "import sqlite3; c = sqlite3.connect('x'); c.execute('create table t(a)'); c.commit(); c.close()",
           "import sqlite3; c = sqlite3.connect(':memory:'); c.execute(\"attach 'x' as q\"); "
           "c.execute('select * from q.t').fetchall(); c.close()"),
    Reader("shelve", "import dbm.dumb; d = dbm.dumb.open('x'); d['k'] = 'v'; d.close()",
           "import dbm.dumb; dict(dbm.dumb.open('x', 'r'))", file="x.dat"),
    Reader("numpy.load", _NP + "np.save('x.npy', np.arange(50))", "import numpy as np; np.load('x.npy')", "x.npy", ("numpy",)),
    Reader("numpy.load, mapped", _NP + "np.save('x.npy', np.arange(50))",
           "import numpy as np; np.load('x.npy', mmap_mode='r').sum()", "x.npy", ("numpy",)),
    Reader("numpy.savez", _NP + "np.savez('x.npz', a=np.arange(50))", "import numpy as np; np.load('x.npz')['a']", "x.npz", ("numpy",)),
    Reader("numpy.memmap", _DATA, "import numpy as np; np.memmap('x', mode='r').sum()", needs=("numpy",)),
    Reader("numpy.fromfile", _DATA, "import numpy as np; np.fromfile('x', dtype='u1')", needs=("numpy",)),
    Reader("numpy.loadtxt", "open('x', 'w').write('1 2\\n3 4\\n')", "import numpy as np; np.loadtxt('x')", needs=("numpy",)),
    Reader("numpy.genfromtxt", "open('x', 'w').write('1 2\\n3 4\\n')", "import numpy as np; np.genfromtxt('x')", needs=("numpy",)),
    Reader("pandas csv, c", _CSV, "import pandas as pd; pd.read_csv('x')", needs=("pandas",)),
    Reader("pandas csv, python", _CSV, "import pandas as pd; pd.read_csv('x', engine='python')", needs=("pandas",)),
    Reader("pandas csv, pyarrow", _CSV, "import pandas as pd; pd.read_csv('x', engine='pyarrow')", needs=("pandas", "pyarrow")),
    Reader("pandas csv.gz", _FRAME + "df.to_csv('x.csv.gz')", "import pandas as pd; pd.read_csv('x.csv.gz')", "x.csv.gz", ("pandas",)),
    Reader("pandas json", _FRAME + "df.to_json('x')", "import pandas as pd; pd.read_json('x')", needs=("pandas",)),
    Reader("pandas pickle", _FRAME + "df.to_pickle('x')", "import pandas as pd; pd.read_pickle('x')", needs=("pandas",)),
    Reader("pandas excel", _FRAME + "df.to_excel('x.xlsx')", "import pandas as pd; pd.read_excel('x.xlsx')", "x.xlsx", ("pandas", "openpyxl")),
    Reader("pandas hdf", _FRAME + "df.to_hdf('x.h5', key='k')", "import pandas as pd; pd.read_hdf('x.h5')", "x.h5", ("pandas", "tables")),
    Reader("pandas parquet", _PQ, "import pandas as pd; pd.read_parquet('x')", needs=("pandas", "pyarrow")),
    Reader("pandas parquet, filters", _PQ, "import pandas as pd; pd.read_parquet('x', filters=[('a', '>', 3)])", needs=("pandas", "pyarrow")),
    Reader("pandas feather", _FRAME + "df.to_feather('x')", "import pandas as pd; pd.read_feather('x')", needs=("pandas", "pyarrow")),
    Reader("pandas orc", _FRAME + "df.to_orc('x')", "import pandas as pd; pd.read_orc('x')", needs=("pandas", "pyarrow")),
    Reader("pandas sql", "import sqlite3; c = sqlite3.connect('x'); c.execute('create table t(a)'); c.commit(); c.close()",
           "import pandas as pd, sqlite3; c = sqlite3.connect('x'); pd.read_sql('select * from t', c); c.close()", needs=("pandas",)),
    Reader("pyarrow parquet", _PQ, "import pyarrow.parquet as pq; pq.read_table('x')", needs=("pandas", "pyarrow")),
    Reader("pyarrow ParquetFile", _PQ, "import pyarrow.parquet as pq; pq.ParquetFile('x').read()", needs=("pandas", "pyarrow")),
    Reader("pyarrow metadata", _PQ, "import pyarrow.parquet as pq; pq.read_metadata('x')", needs=("pandas", "pyarrow")),
    Reader("pyarrow dataset", _PQ, "import pyarrow.dataset as ds; ds.dataset('x').to_table()", needs=("pandas", "pyarrow")),
    Reader("pyarrow csv", _CSV, "from pyarrow import csv; csv.read_csv('x')", needs=("pyarrow",)),
    Reader("pyarrow csv, stream", _CSV, "from pyarrow import csv; csv.open_csv('x').read_all()", needs=("pyarrow",)),
    Reader("pyarrow json", "open('x', 'w').write('{\"a\": 1}\\n')", "from pyarrow import json; json.read_json('x')", needs=("pyarrow",)),
    Reader("pyarrow feather", _FRAME + "df.to_feather('x')", "from pyarrow import feather; feather.read_table('x')", needs=("pandas", "pyarrow")),
    Reader("pyarrow ipc", _PL + "df.write_ipc('x')", "import pyarrow as pa; pa.ipc.open_file('x').read_all()", needs=("polars", "pyarrow")),
    Reader("pyarrow memory_map", _DATA, "import pyarrow as pa; pa.memory_map('x').read()", needs=("pyarrow",)),
    Reader("pyarrow OSFile", _DATA, "import pyarrow as pa; pa.OSFile('x').read()", needs=("pyarrow",)),
    Reader("pyarrow input_stream", _DATA, "import pyarrow as pa; pa.input_stream('x').read()", needs=("pyarrow",)),
    Reader("pyarrow file system", _DATA, "from pyarrow import fs; fs.LocalFileSystem().open_input_file('x').read()", needs=("pyarrow",), mentioned=True),
    *(
        Reader(f"polars {how} {kind}", _PL + f"df.write_{kind}('x')",
               f"import polars as pl; pl.{how}_{kind}('x'){'.collect()' if how == 'scan' else ''}", needs=("polars",))
        for how in ("read", "scan") for kind in ("csv", "parquet", "ipc", "ndjson")
    ),
    Reader("polars read_json", _PL + "df.write_json('x')", "import polars as pl; pl.read_json('x')", needs=("polars",)),
    Reader("polars read_avro", _PL + "df.write_avro('x')", "import polars as pl; pl.read_avro('x')", needs=("polars",)),
    Reader("polars pattern", _PL + "df.write_parquet('x.parquet')", "import polars as pl; pl.read_parquet('*.parquet')", "x.parquet", ("polars",)),
    Reader("polars schema", _PLPQ, "import polars as pl; pl.read_parquet_schema('x')", needs=("polars",)),
    Reader("polars sql", _PL + "df.write_parquet('x.parquet')",
           "import polars as pl; pl.sql(\"select * from read_parquet('x.parquet')\").collect()", "x.parquet", ("polars",)),
    Reader("polars, imported by name", _PLPQ, "from polars import read_parquet; read_parquet('x')", needs=("polars",)),
    Reader("duckdb sql", _PLPQ.replace("'x')", "'x.parquet')"), "import duckdb; duckdb.sql(\"select * from 'x.parquet'\").fetchall()", "x.parquet", ("polars", "duckdb")),
    Reader("duckdb read_csv in sql", _CSV, "import duckdb; duckdb.sql(\"select * from read_csv('x')\").fetchall()", needs=("duckdb",)),
    Reader("duckdb read_csv", _CSV, "import duckdb; duckdb.read_csv('x').fetchall()", needs=("duckdb",)),
    Reader("duckdb read_parquet", _PLPQ, "import duckdb; duckdb.read_parquet('x').fetchall()", needs=("polars", "duckdb")),
    Reader("duckdb connection", _CSV, "import duckdb; c = duckdb.connect(); c.execute('select * from read_csv(?)', ['x']).fetchall()", needs=("duckdb",)),
    Reader("duckdb quoted name", _CSV.replace("'x'", "'x.csv'"), "import duckdb; c = duckdb.connect(); c.sql('from \"x.csv\"').fetchall()", "x.csv", ("duckdb",)),
    Reader("duckdb file", "import duckdb; c = duckdb.connect('x'); c.sql('create table t as select 1 a'); c.close()",
           "import duckdb; c = duckdb.connect('x', read_only=True); c.sql('from t').fetchall(); c.close()", needs=("duckdb",)),
    Reader("duckdb ATTACH", "import duckdb; c = duckdb.connect('x'); c.sql('create table t as select 1 a'); c.close()",
           "import duckdb; c = duckdb.connect(); c.execute(\"attach 'x' as q (read_only)\"); c.execute('from q.t').fetchall(); c.close()", needs=("duckdb",)),
    Reader("h5py", "import h5py\nwith h5py.File('x', 'w') as f: f['a'] = [1, 2]", "import h5py\nwith h5py.File('x') as f: f['a'][:]", needs=("h5py",)),
    Reader("tables", "import tables\nwith tables.open_file('x', 'w') as f: f.create_array('/', 'a', [1])",
           "import tables\nwith tables.open_file('x') as f: f.root.a[:]", needs=("tables",)),
    Reader("PIL", "from PIL import Image; Image.new('RGB', (9, 9)).save('x.png')", "from PIL import Image; Image.open('x.png').load()", "x.png", ("PIL",)),
    Reader("matplotlib imread", "from PIL import Image; Image.new('RGB', (9, 9)).save('x.png')",
           "import matplotlib.pyplot as plt; plt.imread('x.png')", "x.png", ("PIL", "matplotlib")),
    Reader("torch.load", "import torch; torch.save({'a': torch.zeros(3)}, 'x')", "import torch; torch.load('x')", needs=("torch",)),
    Reader("torch.load, mapped", "import torch; torch.save({'a': torch.zeros(3)}, 'x')", "import torch; torch.load('x', mmap=True)", needs=("torch",)),
    Reader("torch.from_file", _DATA, "import torch; torch.from_file('x', size=4)", needs=("torch",)),
    Reader("torch.jit.load", "import torch; torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), 'x')", "import torch; torch.jit.load('x')", needs=("torch",)),
    Reader("joblib", "import joblib; joblib.dump([1], 'x')", "import joblib; joblib.load('x')", needs=("joblib",)),
    Reader("joblib, mapped", "import joblib, numpy; joblib.dump(numpy.arange(99), 'x')", "import joblib; joblib.load('x', mmap_mode='r').sum()", needs=("joblib", "numpy")),
    Reader("scipy loadmat", "import scipy.io; scipy.io.savemat('x.mat', {'a': [1]})", "import scipy.io; scipy.io.loadmat('x.mat')", "x.mat", ("scipy",)),
    Reader("xarray", "import xarray as xr; xr.Dataset({'a': ('t', [1.0])}).to_netcdf('x.nc', engine='scipy')",
           "import xarray as xr; xr.open_dataset('x.nc', engine='scipy').load()", "x.nc", ("xarray", "scipy"), absolute=True),
)  # fmt: skip
