"""From `response.create` and the session's settings to one response's plan, and to the mind's view of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jackfield_local.speech import Thought

from .client_events import ResponseOptions
from .errors import unknown_item
from .item_shapes import ItemReference
from .items import Conversation, Item, item_from_client, pending_calls
from .responses import Plan, Response
from .session_settings import SessionSettings, voice_name
from .shapes import Event
from .usage import USER_AUDIO_MS_PER_TOKEN, item_text, text_tokens


def plan_response(options: ResponseOptions, settings: SessionSettings, conversation: Conversation) -> Plan:
    """Raises `Fault` for an `input` that refers to nothing."""
    session = settings.echo()
    sent = options.model_dump(exclude_unset=True, exclude_none=True)
    output = cast(Event, sent.get("audio", {})).get("output", {})
    defaults = cast(Event, cast(Event, session["audio"])["output"])
    voice = cast(Event, output).get("voice") or defaults["voice"]
    return Plan(
        conversation_id=conversation.id if options.conversation == "auto" else None,
        given=_given(options, settings, conversation),
        instructions=settings.instructions if options.instructions is None else options.instructions,
        tools=cast(Sequence[Event], sent.get("tools", session["tools"])),
        tool_choice=cast("str | Event", sent.get("tool_choice", session["tool_choice"])),
        spoken=(options.output_modalities or session["output_modalities"]) == ["audio"],
        voice=voice_name(voice),
        speed=settings.speed,
        output_format=cast(Event, cast(Event, output).get("format") or defaults["format"]),
        max_output_tokens=cast("int | str", sent.get("max_output_tokens", session["max_output_tokens"])),
        metadata=options.metadata,
    )


def _given(
    options: ResponseOptions, settings: SessionSettings, conversation: Conversation
) -> list[Item] | None:
    if options.input is None:
        return None
    items: list[Item] = []
    for shape in options.input:
        if not isinstance(shape, ItemReference):
            items.append(item_from_client(shape, settings.input_format))
        elif (item := conversation.get(shape.id)) is not None:
            items.append(item)
        else:
            raise unknown_item("retrieve", shape.id, "response.input")
    return items


def context(response: Response, conversation: Conversation) -> list[Item]:
    """The items this response reads: its input, or the conversation without its own output."""
    if response.plan.given is not None:
        return list(response.plan.given)
    own = {item.id for item in response.output}
    return [item for item in conversation if item.id not in own]


def as_known(items: Sequence[Item]) -> list[Item]:
    """In the order in which things were known: what a response made stands behind what it knew. An item that
    was added while a response was thought about stands before what that says, and is news all the same."""
    places = {"": -1, **{item.id: place for place, item in enumerate(items)}}

    def order(item: Item) -> tuple[int, bool, int]:
        place = places[item.id]
        behind = None if item.knows is None else places.get(item.knows)
        return (place, False, place) if behind is None else (behind, True, place)

    return sorted(items, key=order)


def unheard(items: Sequence[Item]) -> list[Item]:
    """Sound of the caller that nobody has understood yet."""
    return [
        item
        for item in items
        if item.body.get("role") == "user" and item.audio_part is not None and item.understood is None
    ]


def thought_of(response: Response, conversation: Conversation) -> Thought:
    """What the mind may know; counts it as the response's input."""
    items = context(response, conversation)
    response.knows = items[-1].id if items else ""
    seen = [item.for_mind() for item in as_known(items)]
    plan = response.plan
    tools = [] if plan.tool_choice == "none" else plan.tools
    heard_ms = sum(item.audio_ms for item in items if item.body.get("role") == "user")
    response.usage.audio_in = heard_ms // USER_AUDIO_MS_PER_TOKEN
    response.usage.text_in = text_tokens(plan.instructions) + text_tokens(str(tools)) + item_text(seen)
    return Thought(plan.instructions, tools, plan.tool_choice, seen, pending_calls(items))
