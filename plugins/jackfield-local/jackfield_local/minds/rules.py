"""The offline mind: no model that writes, only rules, words and the meaning of sentences."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from jackfield_local.minds.decide import decide
from jackfield_local.minds.match import Matcher
from jackfield_local.minds.offers import offers_of
from jackfield_local.sentences import Meaning
from jackfield_local.speech import Call, Say, Thought

_MOST_MATCHERS = 32


class RulesMind:
    """`Mind` that matches the caller's words against the tools on offer, and says what they return.

    Stateless between responses: all it knows is in the `Thought`. What it computes about a list of tools
    is kept for the next response with the same list. It thinks in a thread of its own, 5-20 ms for an
    utterance, so the loop that asks is never held up.
    """

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._matchers: OrderedDict[str, Matcher] = OrderedDict()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rules-mind")

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None:
        """The first answer about a list of tools would take a tenth of a second longer than the others."""
        self._thread.submit(self.matcher, tools)

    async def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        """One response: what to say first, then the function calls."""
        loop = asyncio.get_running_loop()
        for piece in await loop.run_in_executor(self._thread, self._decide, thought):
            yield piece

    async def aclose(self) -> None:
        """Stop thinking. Idempotent."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _decide(self, thought: Thought) -> list[Say | Call]:
        tools = [] if thought.tool_choice == "none" else thought.tools
        return decide(thought, self.matcher(tools), date.today())

    def matcher(self, tools: Sequence[Mapping[str, object]]) -> Matcher:
        """What is known of this list of tools, computed once for each list."""
        key = json.dumps([dict(tool) for tool in tools], sort_keys=True, default=str)
        matcher = self._matchers.get(key) or Matcher(offers_of(tools), self._meaning)
        self._matchers[key] = matcher
        self._matchers.move_to_end(key)
        if len(self._matchers) > _MOST_MATCHERS:
            self._matchers.popitem(last=False)
        return matcher
