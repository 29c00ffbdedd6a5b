"""File systems on which a write-ahead log would lose data are told from the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from cashet_jupyter.store.mounts import file_system, shares_memory

MOUNTS = r"""
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:5 / /home rw - nfs4 server:/home rw,vers=4.2
24 23 0:6 / /home/ann/local rw - xfs /dev/vdb rw
25 22 0:7 / /mnt/with\040space rw - fuse.sshfs ann@server: rw
26 22 0:8 / /over rw - ext4 /dev/vdc rw
27 26 0:9 / /over rw master:1 - cifs //server/share rw
28 22 0:9 / /shared rw shared:7 master:1 - 9p share rw
29 22 0:9 / /disk rw - fuseblk /dev/sdb1 rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind", "local"),
    [
        ("/work", "ext4", True),
        ("/home/ann/.cashet", "nfs4", False),
        ("/home/ann/local/.cashet", "xfs", True),
        ("/home/ann/locality", "nfs4", False),
        ("/homes", "ext4", True),
        ("/mnt/with space/x", "fuse.sshfs", False),
        ("/over/x", "cifs", False),
        ("/shared", "9p", False),
        ("/disk/x", "fuseblk", True),
    ],
)
def test_the_longest_mount_point_counts(tmp_path: Path, path: str, kind: str, local: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert file_system(Path(path), mounts) == kind
    assert shares_memory(Path(path), mounts) is local


def test_where_mounts_cannot_be_listed_a_disk_is_taken_for_local(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "none") == ""
    assert shares_memory(tmp_path, tmp_path / "none")
