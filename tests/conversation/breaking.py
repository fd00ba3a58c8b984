"""Break each promise of the conversation once, and see a test notice.

    python tests/conversation/breaking.py

Each row takes one rule out of a copy of the source; the tests of the conversation must then fail. It is a
test of the tests, too slow for every run: run it when the conversation or its tests change.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Break(NamedTuple):
    promise: str
    file: str
    rule: str
    instead: str


BREAKS = [
    Break(
        "1 a second outcome is ignored",
        "conversation.py",
        "call = self._ours.running(call_id)\n        if call is None or self._closed:",
        "call = self._ours._find(call_id)\n        if not isinstance(call, FunctionCall):",
    ),
    Break(
        "1 a time-out is answered",
        "working.py",
        "self._give_up(call, _timed_out(call), now)",
        "self._orders.give(CancelCall(call.id))",
    ),
    Break(
        "2 an incomplete call is not run",
        "working.py",
        "if not item.is_complete_function_call:",
        "if not item.call_id:",
    ),
    Break("3 not while the caller speaks", "floor.py", "self.user is User.SILENT and ", ""),
    Break("3 not while a response is there", "floor.py", " and self.response is Response.NONE", ""),
    Break(
        "3 a busy service is asked again",
        "agenda.py",
        "            self.prompts.appendleft(self.in_flight.prompt)\n",
        "            pass\n",
    ),
    Break(
        "4 heard only if added before",
        "states.py",
        "(Stage.ADDED, Step.RESPONDED): Stage.HEARD,",
        "(Stage.ADDED, Step.RESPONDED): Stage.HEARD,\n    (Stage.SENT, Step.RESPONDED): Stage.HEARD,",
    ),
    Break(
        "4 a silent output causes none",
        "contribution.py",
        "return self.spoken and self.stage",
        "return self.stage",
    ),
    Break(
        "5 a result is sent at once",
        "working.py",
        "        self._orders.send(contribution.wire())\n\n    def _give_up",
        "        if not self._ours.siblings_running:\n            "
        "self._orders.send(contribution.wire())\n\n    def _give_up",
    ),
    Break(
        "5 a function call and an output wait for no decision",
        "conversation.py",
        'before anything else is thought of."""\n        return self._orders.drain()',
        'before anything else is thought of."""\n        return []',
    ),
    Break(
        "6 a barge-in keeps tools",
        "working.py",
        "call.policy.on_barge_in is OnBargeIn.CANCEL",
        "True",
    ),
    Break(
        "6 a barge-in stops fragile tools",
        "working.py",
        "call.policy.on_barge_in is OnBargeIn.CANCEL",
        "False",
    ),
    Break(
        "7 benign errors change nothing",
        "conversation.py",
        "if not known and error.code not in service_errors.BENIGN:",
        "if not known:",
    ),
    Break(
        "7 fatal errors end the session",
        "conversation.py",
        "if error.code in service_errors.FATAL:",
        "if not error:",
    ),
    Break(
        "7 a failed response is retried",
        "speaking.py",
        "elif not self._agenda.fail(now):",
        "else:",
    ),
    Break(
        "8 what comes twice counts once",
        "contribution.py",
        "return self._find(contribution_id) is not None or contribution_id in self._over",
        "return self._find(contribution_id) is not None",
    ),
    Break(
        "8 what is unknown passes",
        "floor.py",
        "target = RESPONSE.get((self.response, signal))",
        "target = RESPONSE[(self.response, signal)]",
    ),
    Break(
        "2 a call of no response is not run",
        "listening.py",
        "case ItemDone(item, response_id) if response_id:",
        "case ItemDone(item, response_id):",
    ),
    Break(
        "3 another response's end is no answer",
        "states.py",
        "(Response.REQUESTED, Signal.BUSY): Response.EXPECTED,",
        "(Response.REQUESTED, Signal.BUSY): Response.EXPECTED,\n"
        "    (Response.REQUESTED, Signal.DONE): Response.NONE,",
    ),
    Break(
        "4 a loss is not held against an output",
        "conversation.py",
        "        self._speaking.start_afresh()\n",
        "",
    ),
    Break(
        "4 a busy service is not held against an output",
        "speaking.py",
        "            self._agenda.put_back()\n            self.start_afresh()\n",
        "            self._agenda.put_back()\n",
    ),
    Break(
        "4 what is declined twice is there",
        "states.py",
        "(Stage.REPEATED, Step.DECLINED): Stage.ADDED,",
        "(Stage.REPEATED, Step.DECLINED): Stage.REFUSED,",
    ),
    Break(
        "4 nothing is asked for while nobody hears",
        "states.py",
        "    (Response.NONE, Signal.LOST): Response.AWAY,\n",
        "",
    ),
    Break(
        "confirm: a call alone is no yes",
        "consent.py",
        "if question is None or not (question.agreed or turn > question.turn):",
        "if question is None:",
    ),
    Break(
        "confirm: a yes is for these arguments",
        "consent.py",
        "return f\"{name} {json.dumps(json.loads(arguments or '{}'), sort_keys=True)}\"",
        "return name",
    ),
    Break("confirm: a yes is for once", "consent.py", "self._questions.pop(question.call_id)", "question"),
    Break(
        "answer_within: the model's word is no answer",
        "asking.py",
        "or not (by_button or self._turns() > question.turn)",
        "",
    ),
    Break("answer_within: time stands still", "asking.py", "        call.hold(now)\n", ""),
    Break("answer_within: and goes on", "asking.py", "            call.release(now)\n", "            pass\n"),
    Break(
        "answer_within: one at a time",
        "inquiries.py",
        "        first = next(iter(self._standing.values()), None)\n        if first is None or not",
        "        first = next(reversed(self._standing.values()), None)\n        if first is None or not",
    ),
    Break(
        "answer_within: the end takes back what was asked",
        "working.py",
        "        self.questions.call_ended(call.id, now)\n",
        "",
    ),
    Break(
        "1 what nobody saw is taken out",
        "bearings.py",
        "        self._take_away(item.id)\n",
        "",
    ),
    Break(
        "1 what may be hidden is told", "bearings.py", "self._hidden or self._taken_out", "self._taken_out"
    ),
    Break(
        "1 only who saw a response make it has seen a function call",
        "bearings.py",
        'if item.type != "function_call":',
        "if item:",
    ),
    Break(
        "4 what was answered unseen is not asked about again",
        "speaking.py",
        'self._heard(self._ours.step_those(doubt.heard, Step.OVERHEARD), "", now)',
        "pass",
    ),
    Break(
        "4 what had not arrived was heard by nobody",
        "conversation.py",
        "self._speaking.is_news(name)",
        "pass",
    ),
    Break(
        "4 a response that was there already may not know",
        "speaking.py",
        "if not self._floor.responding:",
        "if self._floor:",
    ),
    Break(
        "4 a request that may have been answered is not made again at once",
        "states.py",
        "(Response.REQUESTED, Signal.OVERDUE): Response.UNSURE,",
        "(Response.REQUESTED, Signal.OVERDUE): Response.NONE,",
    ),
    Break(
        "9 what is over is let go",
        "contribution.py",
        "        if len(self._over) > MOST_REMEMBERED:\n            self._over.popitem(last=False)\n",
        "",
    ),
]


def noticed(rule: Break) -> bool:
    """Whether the tests fail once the rule is gone. Raises `SystemExit` if the rule is not there."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        shutil.copytree(ROOT / "core", copy / "core")
        shutil.copytree(ROOT / "tests" / "conversation", copy / "tests" / "conversation")
        shutil.copy(ROOT / "pyproject.toml", copy)
        source = copy / "core" / "jackfield" / "conversation" / rule.file
        text = source.read_text()
        if rule.rule not in text:
            raise SystemExit(f"{rule.promise}: the rule is not in {rule.file} any more")
        source.write_text(text.replace(rule.rule, rule.instead, 1))
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/conversation"]
        environment = {**os.environ, "PYTHONPATH": str(copy / "core")}
        return (
            subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=300).returncode
            == 1
        )


def main() -> None:
    slipped = []
    for rule in BREAKS:
        seen = noticed(rule)
        print(f"{'noticed' if seen else 'SLIPPED'}  {rule.promise}", flush=True)
        slipped += [] if seen else [rule.promise]
    sys.exit(1 if slipped else 0)


if __name__ == "__main__":
    main()
