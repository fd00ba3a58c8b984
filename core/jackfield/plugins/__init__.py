"""Plugins: found by their entry points, kept apart from each other, and accounted for."""

from jackfield.plugins.hooks import CallHooks, Failures, Hook
from jackfield.plugins.loaded import Plugins
from jackfield.plugins.loading import ALLOW_LIST
from jackfield.plugins.report import PluginReport, PluginState

__all__ = ["ALLOW_LIST", "CallHooks", "Failures", "Hook", "PluginReport", "PluginState", "Plugins"]
