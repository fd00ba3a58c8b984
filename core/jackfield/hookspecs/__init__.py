"""The hooks a plugin may implement. Each may ask for fewer arguments than are offered.

A plugin is a module (or an object) that an entry point of the group "jackfield" names; it marks its
implementations with `@jackfield.hookimpl`. An exception in any of them is logged with the plugin's
name and harms nobody else.

Attributes of the plugin say more about it; each may be a property:

    settings_model      a pydantic model: its section of agents.yaml must fit it, and the hooks that take
                        `settings` are handed an instance instead of a mapping
    critical = True     where its hooks around function calls fail, the call is denied; otherwise it goes on
                        without them
    patience = 5.0      seconds that each of its hooks that may be async can take, `PATIENCE` if it does not
                        say
    idle = True         its hooks around function calls are not called at all, so that calls pay nothing for
                        a plugin that has nothing to do; asked once, after the registering hooks
"""

from jackfield.hookspecs.around import around_call, before_call, call_finished
from jackfield.hookspecs.calls import FunctionCall, SessionFacts, Verdict, VerdictKind
from jackfield.hookspecs.living import instructions, notice, session_ended, session_started
from jackfield.hookspecs.loading import (
    register_commands,
    register_credentials,
    register_providers,
    register_tool_sources,
    register_tools,
    register_voices,
)
from jackfield.hookspecs.markers import GROUP, PATIENCE, hookimpl, hookspec
from jackfield.hookspecs.registers import (
    Checked,
    RegisterCommand,
    RegisterCredential,
    RegisterProvider,
    RegisterTool,
    RegisterToolSource,
    RegisterVoice,
    Settings,
)

HOOKS = (
    register_tools,
    register_tool_sources,
    register_providers,
    register_voices,
    register_credentials,
    register_commands,
    before_call,
    around_call,
    call_finished,
    instructions,
    session_started,
    session_ended,
    notice,
)
"""Every hook, in the order of the reference."""

__all__ = [
    "GROUP",
    "HOOKS",
    "PATIENCE",
    "Checked",
    "FunctionCall",
    "RegisterCommand",
    "RegisterCredential",
    "RegisterProvider",
    "RegisterTool",
    "RegisterToolSource",
    "RegisterVoice",
    "SessionFacts",
    "Settings",
    "Verdict",
    "VerdictKind",
    "around_call",
    "before_call",
    "call_finished",
    "hookimpl",
    "hookspec",
    "instructions",
    "notice",
    "register_commands",
    "register_credentials",
    "register_providers",
    "register_tool_sources",
    "register_tools",
    "register_voices",
    "session_ended",
    "session_started",
]
