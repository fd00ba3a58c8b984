"""Conversation items as clients may send them (facts: realtime protocol 3.3)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from .shapes import Shape

ItemId = Annotated[str, Field(min_length=1, max_length=32)]
CallId = Annotated[str, Field(max_length=32, pattern=r"^[a-zA-Z0-9_-]+$")]
Status = Literal["completed", "incomplete", "in_progress"]


class ItemShape(Shape):
    id: ItemId = ""
    object: Literal["realtime.item"] = "realtime.item"
    status: Status = "completed"


class InputText(Shape):
    type: Literal["input_text"]
    text: str


class InputAudio(Shape):
    type: Literal["input_audio"]
    audio: str
    transcript: str | None = None


class InputImage(Shape):
    type: Literal["input_image"]
    image_url: Annotated[str, Field(pattern=r"^data:image/")]
    detail: Literal["auto", "low", "high"] = "auto"


class OutputText(Shape):
    type: Literal["output_text"]
    text: str


class SystemMessage(ItemShape):
    type: Literal["message"]
    role: Literal["system"]
    content: list[InputText]


class UserMessage(ItemShape):
    type: Literal["message"]
    role: Literal["user"]
    content: list[Annotated[InputText | InputAudio | InputImage, Field(discriminator="type")]]


class AssistantMessage(ItemShape):
    """Text only: the service makes assistant audio, clients cannot."""

    type: Literal["message"]
    role: Literal["assistant"]
    content: list[OutputText]


class FunctionCall(ItemShape):
    type: Literal["function_call"]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    arguments: str
    call_id: CallId = ""


class FunctionCallOutput(ItemShape):
    type: Literal["function_call_output"]
    call_id: CallId
    output: str


class ItemReference(Shape):
    """Only in `response.create.response.input`."""

    type: Literal["item_reference"]
    id: str


Message = Annotated[SystemMessage | UserMessage | AssistantMessage, Field(discriminator="role")]
NewItem = Annotated[Message | FunctionCall | FunctionCallOutput, Field(discriminator="type")]
InputItem = Annotated[
    Message | FunctionCall | FunctionCallOutput | ItemReference, Field(discriminator="type")
]

AnyItem = SystemMessage | UserMessage | AssistantMessage | FunctionCall | FunctionCallOutput
NEW_ITEM: TypeAdapter[AnyItem] = TypeAdapter(NewItem)
