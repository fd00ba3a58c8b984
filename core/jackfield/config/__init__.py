"""agents.yaml: read with positions, checked as a whole, and handed on as frozen models.

page → source (a tree with places) → document (environment filled in)
     → models and relations (all problems at once) → Config, defaults filled in
"""

from jackfield.config.agents import AgentConfig, Defaults, Handoff
from jackfield.config.calls import CallLimits, CallsConfig
from jackfield.config.hearing import Transcription, TurnDetection
from jackfield.config.instructions import handoff_tool, instructions_for
from jackfield.config.loader import load
from jackfield.config.models import Config
from jackfield.config.policies import policy_for
from jackfield.config.servers import McpServerConfig, ProviderConfig

__all__ = [
    "AgentConfig",
    "CallLimits",
    "CallsConfig",
    "Config",
    "Defaults",
    "Handoff",
    "McpServerConfig",
    "ProviderConfig",
    "Transcription",
    "TurnDetection",
    "handoff_tool",
    "instructions_for",
    "load",
    "policy_for",
]
