"""The other way round: tools of plugins, served to any MCP client under the policies they have in a session.

client ──► tools/call ──► Run ──► Dispatcher ──► Outcome ──► result
                           └─ progress, questions (elicitation), cancellation
"""
