"""Tools from OpenAPI documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from jackfield.errors import PluginError
from jackfield_http.openapi.operations import Taken, server, take
from jackfield_http.openapi.reading import document
from jackfield_http.operation import Operation
from jackfield_http.plugin import api
from jackfield_http.settings import ApiConfig

SHOP = """
openapi: 3.0.3
info: {title: Repairs, version: "1"}
servers: [{url: https://shop.example/v1}]
paths:
  /tickets:
    get:
      operationId: listTickets
      summary: Tickets of a customer
      parameters:
        - {name: customer, in: query, required: true, schema: {type: string}}
        - {name: "status[]", in: query, schema: {type: array, items: {type: string}}}
        - {name: fields, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
    post:
      operationId: openTicket
      description: Open a ticket.
      requestBody: {$ref: "#/components/requestBodies/Ticket"}
  /tickets/{ticket-number}:
    parameters:
      - {$ref: "#/components/parameters/Number"}
    get: {operationId: tickets.read, summary: One ticket., description: One ticket}
    delete: {summary: Throw a ticket away}
    put:
      operationId: replace-ticket
      requestBody:
        required: true
        content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Part"}}}}
  /photos:
    post:
      operationId: addPhoto
      requestBody: {required: true, content: {image/png: {}}}
  /login:
    post:
      operationId: login
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [user], properties: {user: {type: string}}}
  /odd/{nowhere}:
    get: {operationId: odd}
  /far:
    get:
      operationId: far
      parameters: [{$ref: "other.yaml#/Number"}]
components:
  parameters:
    Number:
      name: ticket-number
      in: path
      required: true
      schema: {type: integer, minimum: 0, exclusiveMinimum: true}
  requestBodies:
    Ticket:
      required: true
      content: {application/json: {schema: {$ref: "#/components/schemas/Ticket"}}}
  schemas:
    Part:
      type: object
      properties:
        name: {type: string, example: screen}
        made_of: {type: array, items: {$ref: "#/components/schemas/Part"}}
    Ticket:
      type: object
      required: [id, device]
      properties:
        id: {type: integer, readOnly: true}
        device: {type: string, description: "What\\n  it is"}
        note: {type: string, nullable: true, enum: [gift, urgent]}
        example: {type: string}
        opened: {type: string, default: 2026-01-01}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return path


def taken(path: Path, include: Sequence[str] = ("*",), exclude: Sequence[str] = ()) -> Taken:
    return take(document(str(path)), include, exclude, set())


def one(path: Path, name: str) -> Operation:
    return next(each for each in taken(path).operations if each.name == name)


def properties(operation: Operation) -> Mapping[str, object]:
    found = operation.parameters["properties"]
    assert isinstance(found, Mapping)
    return found


def test_every_operation_is_a_tool_or_is_set_aside_with_the_reason(shop: Path) -> None:
    got = taken(shop)
    assert [each.name for each in got.operations] == [
        "listTickets",
        "openTicket",
        "tickets_read",
        "replace_ticket",
        "delete_tickets_ticket_number",
        "login",
    ]
    assert got.aside == {
        "addPhoto": "it takes image/png, not JSON",
        "odd": "its path has {nowhere}, which is none of its parameters",
        "far": "other.yaml#/Number is in another document; put it into this one",
    }
    for each in got.operations:
        Draft202012Validator.check_schema(dict(each.parameters))


def test_parameters_get_names_that_a_model_may_use_and_are_sent_by_their_own(shop: Path) -> None:
    listing = one(shop, "listTickets")
    assert list(properties(listing)) == ["customer", "status", "fields", "X_Trace"]
    assert listing.parameters["required"] == ["customer"]
    sent = listing.request(
        {"customer": "Ada", "status": ["open", "late"], "fields": ["a", "b"], "X_Trace": "7"}
    )
    assert sent.query == (("customer", "Ada"), ("status[]", "open"), ("status[]", "late"), ("fields", "a,b"))
    assert sent.headers == (("X-Trace", "7"),)
    reading = one(shop, "tickets_read")
    assert properties(reading)["ticket_number"] == {"type": "integer", "exclusiveMinimum": 0}
    assert (reading.description, reading.read_only) == ("One ticket.", True)
    assert reading.request({"ticket_number": 7}).path == "/tickets/7"


def test_a_body_of_fields_is_said_field_by_field(shop: Path) -> None:
    opening = one(shop, "openTicket")
    assert properties(opening) == {
        "device": {"type": "string", "description": "What it is"},
        "note": {"type": ["string", "null"], "enum": ["gift", "urgent", None]},
        "example": {"type": "string"},
        "opened": {"type": "string", "default": "2026-01-01"},
    }
    assert opening.parameters["required"] == ["device"]
    assert opening.request({"device": "lamp", "note": None}).body == {"device": "lamp", "note": None}
    assert (opening.read_only, opening.idempotent) == (False, False)


def test_a_body_that_is_no_list_of_fields_is_one_parameter(shop: Path) -> None:
    replacing = one(shop, "replace_ticket")
    part = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "made_of": {"type": "array", "items": {}}},
    }
    assert properties(replacing)["body"] == {"type": "array", "items": part}
    sent = replacing.request({"ticket_number": 7, "body": [{"name": "lid"}]})
    assert (sent.path, sent.body) == ("/tickets/7", [{"name": "lid"}])


def test_a_form_is_sent_as_one(shop: Path) -> None:
    login = one(shop, "login")
    assert login.form
    assert login.request({"user": "ada"}).body == {"user": "ada"}


def test_patterns_choose_operations(shop: Path) -> None:
    assert [each.name for each in taken(shop, ["*icket*"], ["tickets.*", "replace*"]).operations] == [
        "listTickets",
        "openTicket",
        "delete_tickets_ticket_number",
    ]
    with pytest.raises(PluginError, match="no operation that fits `include`; it has listTickets, openTicket"):
        taken(shop, ["nothing"])


def test_names_that_collide_are_numbered() -> None:
    paths = {f"/{n}": {"get": {"operationId": "x" * 50}} for n in range(3)}
    got = take({"openapi": "3.1.0", "paths": paths}, ["*"], [], {"x" * 40})
    assert [each.name for each in got.operations] == [f"{'x' * 38}_{n}" for n in (2, 3, 4)]


def test_a_document_that_refers_to_itself_a_thousandfold_is_set_aside() -> None:
    schemas = {
        f"s{n}": {"type": "object", "properties": {f"p{m}": {"$ref": f"#/s/s{n + 1}"} for m in range(10)}}
        for n in range(9)
    } | {"s9": {}}
    parameter = {"name": "x", "in": "query", "schema": {"$ref": "#/s/s0"}}
    got = take(
        {"s": schemas, "paths": {"/": {"get": {"operationId": "o", "parameters": [parameter]}}}},
        ["*"],
        [],
        set(),
    )
    assert got.aside == {"o": "it is too large with all its references in place"}


def test_the_server_is_that_of_the_document_or_must_be_said() -> None:
    assert server({"servers": [{"url": "https://a.example/v1/"}]}, "x.yaml") == "https://a.example/v1"
    assert server({"servers": [{"url": "/v1"}]}, "https://a.example/x.json") == "https://a.example/v1"
    assert server({}, "https://a.example/x.json") == "https://a.example"
    for unknown in ({}, {"servers": [{"url": "/v1"}]}, {"servers": [{"url": "https://{region}.example"}]}):
        with pytest.raises(PluginError, match="write base_url"):
            server(unknown, "x.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("swagger: '2.0'", "is Swagger 2; convert it"),
        ("just text", "is no OpenAPI document of version 3"),
        ("{", "is neither JSON nor YAML"),
        ("a: [", "is neither JSON nor YAML"),
    ],
)
def test_what_is_no_document_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(PluginError, match=words):
        document(str(path))


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(yaml.safe_load(SHOP), default=str))
    assert len(taken(path).operations) == 6


def test_an_api_whose_document_is_missing_keeps_its_declared_tools(tmp_path: Path) -> None:
    tool = {"description": "Does it.", "path": "/t"}
    config = {"base_url": "https://a.example", "tools": {"t": tool}, "openapi": str(tmp_path / "no.yaml")}
    source = api("shop", ApiConfig.model_validate(config))
    assert [each.name for each in source.tools()] == ["shop.t"]
    assert list(source.aside()) == ["shop.openapi"]
    assert "cannot be read: No such file" in source.aside()["shop.openapi"]
