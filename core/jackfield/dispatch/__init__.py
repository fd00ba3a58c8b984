"""Runs function calls beside the conversation: executors, turns, arguments, results."""

from jackfield.dispatch.dispatcher import Dispatcher
from jackfield.dispatch.executor import Executor
from jackfield.dispatch.executors import LoopExecutor, ThreadExecutor
from jackfield.dispatch.hooked import HookedDispatcher
from jackfield.dispatch.turns import Bounds

__all__ = ["Bounds", "Dispatcher", "Executor", "HookedDispatcher", "LoopExecutor", "ThreadExecutor"]
