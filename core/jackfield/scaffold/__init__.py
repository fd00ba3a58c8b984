"""Writes packages to begin with: a plugin, and a project with an agents.yaml of its own."""

from jackfield.scaffold.names import PackageName
from jackfield.scaffold.template import PLUGIN, PROJECT, write

__all__ = ["PLUGIN", "PROJECT", "PackageName", "write"]
