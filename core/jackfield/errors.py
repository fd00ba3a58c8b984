"""The errors, and whose fault each of them is.

    JackfieldError
    ├── ConfigurationError      the person who wrote agents.yaml or the command line
    ├── PluginError             the author of a plugin
    ├── ToolError               a tool, in words that the model may repeat to the caller
    │   ├── OutcomeUnknown          nobody can say whether it took effect
    │   └── ToolUnavailable         what the tool needs is away; nothing was done
    ├── McpError                an MCP server: missing, dead, or not answering
    ├── MediaError              the headless peer: no connection, no sound
    └── ProviderError           the Realtime service
        ├── ProviderUnreachable     no answer: the network, the address, or a service that is down
        ├── ProviderRefused         an answer, and it is no: key, role, deployment, quota
        └── SidebandLost            the control socket closed while the session lived

Every message names the thing, the place and the next step, holds no secret, and reads well alone:
the command line prints it without a traceback.
"""

from __future__ import annotations


class JackfieldError(Exception):
    """Anything that Jackfield raises on purpose."""


class ConfigurationError(JackfieldError):
    """agents.yaml, an environment variable or an option is wrong; nothing was started."""


class PluginError(JackfieldError):
    """A plugin cannot be used; the others can."""


class ToolError(JackfieldError):
    """Raised inside a tool to tell the model what went wrong.

    The message reaches the model, and so perhaps the caller. Any other exception reaches the model
    as one neutral sentence; its text stays in the log.
    """


class OutcomeUnknown(ToolError):  # noqa: N818 - a state of the world, not an Error of ours
    """A tool was started, and nobody can say whether it took effect; the outcome is `unknown`."""


class ToolUnavailable(ToolError):  # noqa: N818
    """What a tool needs cannot be reached now, and nothing was done; trying again later may help."""


class McpError(JackfieldError):
    """An MCP server did not do what was asked; the message carries the tail of its stderr if it has one."""


class MediaError(JackfieldError):
    """The headless peer could not connect, or could not read or write sound."""


class ProviderError(JackfieldError):
    """The Realtime service failed us."""


class ProviderUnreachable(ProviderError):  # noqa: N818
    """No answer came; trying again later may help."""


class ProviderRefused(ProviderError):  # noqa: N818
    """The service answered, and refused; trying again without a change will not help, unless it is busy.

    `status` is the HTTP status, `code` the service's own error code ("" where it gave none), `retry_after`
    the seconds after which it wants to be asked again (0.0 where it did not say).
    """

    def __init__(self, message: str, *, status: int = 0, code: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class SidebandLost(ProviderError):  # noqa: N818
    """The control socket closed; the session at the provider may still live."""
