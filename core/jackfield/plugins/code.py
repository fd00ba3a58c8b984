"""The code of plugins that are worked on: which files it is in, and how it is imported anew.

Only code that is installed where it is written (an editable install, or a folder on the path) is worked on;
what lies in site-packages is not.
"""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
import sysconfig
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from jackfield.errors import PluginError
from jackfield.plugins.bounded import LOAD_WITHIN, TookTooLong, within
from jackfield.plugins.installed import installed
from jackfield.plugins.places import told

_SETTLED = frozenset(Path(sysconfig.get_path(key)).resolve() for key in ("purelib", "platlib", "stdlib"))


@dataclass(frozen=True, slots=True)
class Code:
    """What a plugin is made of: `modules` are those of it that are imported, with their files."""

    plugin: str
    module: str
    modules: Mapping[str, Path]

    @property
    def files(self) -> frozenset[Path]:
        return frozenset(self.modules.values())

    def load(self, seconds: float = LOAD_WITHIN) -> None:
        """Import it. Raises `PluginError` with the place of what is wrong."""
        try:
            within(seconds, partial(importlib.import_module, self.module), self.plugin)
        except TookTooLong as error:
            raise PluginError(f"plugin {self.plugin}: importing {self.module} {error}") from None
        except (Exception, SystemExit) as error:
            raise PluginError(
                f"plugin {self.plugin} cannot be imported\n\n{told(error, self.files)}"
            ) from error


def worked_on() -> dict[str, Code]:
    """The code of all installed plugins that are worked on, by plugin."""
    found = {}
    for candidate in installed():
        module = candidate.value.partition(":")[0].strip()
        if modules := _modules(module):
            found[candidate.name] = Code(candidate.name, module, modules)
    return found


@contextmanager
def imported_anew(modules: Collection[str]) -> Iterator[None]:
    """Within the block these modules are not imported yet. If it fails, they are again what they were.

    Whoever holds functions of the old modules goes on with those.
    """
    known = dict(sys.modules)
    before = {name: known[name] for name in modules if name in known}
    for name, module in before.items():
        _forget_bytecode(module)
        del sys.modules[name]
    importlib.invalidate_caches()
    linecache.checkcache()
    try:
        yield
    except BaseException:
        tops = {name.partition(".")[0] for name in modules}
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] in tops and known.get(name) is not module:
                del sys.modules[name]
        sys.modules.update(before)
        raise


def _modules(module: str) -> dict[str, Path]:
    """Its whole package, as far as it is imported; or, where that is one file, that and its neighbours."""
    top = module.partition(".")[0]
    origin = _origin(top)
    if origin is None or any(settled in origin.parents for settled in _SETTLED):
        return {}
    found = {top: origin}
    alone = origin.name != "__init__.py"
    for name, other in list(sys.modules.items()):
        path = _path(other)
        beside = alone and path is not None and path.parent == origin.parent and "." not in name
        if path is not None and (name.startswith(f"{top}.") or beside) and name != "__main__":
            found[name] = path
    return found


def _origin(top: str) -> Path | None:
    """The file of a top-level module, without importing it."""
    loaded = sys.modules.get(top)
    if loaded is not None:
        return _path(loaded)
    with suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(top)
        if spec is not None and spec.origin is not None and spec.has_location:
            return Path(spec.origin)
    return None


def _path(module: ModuleType) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(file) if isinstance(file, str) and file.endswith(".py") else None


def _forget_bytecode(module: ModuleType) -> None:
    # It is known by the second and the size of its source: who saves twice within a second would get the
    # older of the two.
    path = _path(module)
    if path is not None:
        with suppress(OSError, NotImplementedError):
            Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
