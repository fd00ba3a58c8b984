"""The words of OpenTelemetry that are used here (realtime protocol §9).

The gen_ai conventions are in development and have moved between repositories; none of the packages that
carry their names is stable. So the names stand here, once, and change here.
"""

from __future__ import annotations

AGENT_NAME = "gen_ai.agent.name"
CONVERSATION_ID = "gen_ai.conversation.id"
TOKEN_TYPE = "gen_ai.token.type"
TOKEN_USAGE = "gen_ai.client.token.usage"
FINISH_REASONS = "gen_ai.response.finish_reasons"
OPERATION = "gen_ai.operation.name"
OUTPUT_TYPE = "gen_ai.output.type"
PROVIDER_NAME = "gen_ai.provider.name"
RESPONSE_ID = "gen_ai.response.id"
TOOL_CALL_ID = "gen_ai.tool.call.id"
TOOL_NAME = "gen_ai.tool.name"
TOOL_TYPE = "gen_ai.tool.type"

ERROR_TYPE = "error.type"
OTHER = "_OTHER"
"""OpenTelemetry's value for what is outside a known set."""

CHAT = "chat"
EXECUTE_TOOL = "execute_tool"
FUNCTION = "function"
SPEECH = "speech"

PROVIDERS = {"azure": "azure.ai.openai", "openai": "openai"}
"""Our kinds of provider in the conventions' words; other kinds are called what they are called."""

# Our own.
COST = "jackfield.session.cost"
FAILED = "jackfield.session.failed"
FROM_AGENT = "jackfield.handoff.from"
LATENCY = "jackfield.latency."
OUTCOME = "jackfield.outcome"
PLUGIN = "jackfield.plugin.name"
REASON = "jackfield.session.reason"
SESSION = "jackfield.session"
TO_AGENT = "jackfield.handoff.to"
UNFINISHED = "jackfield.unfinished"

REPLY_SECONDS = "jackfield.reply.duration"
BARGE_IN_SECONDS = "jackfield.barge_in.duration"
CALL_SECONDS = "jackfield.function_call.duration"
BLOCKED_SECONDS = "jackfield.tool.blocked.duration"
