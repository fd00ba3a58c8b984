"""Where the plugin `workbench` is installed: a folder on the path, for this process and for its workers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workbench_in(folder: Path) -> Iterator[None]:
    about = folder / "workbench-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: workbench\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[jackfield]\nworkbench = tests.dispatch.workbench\n")
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
