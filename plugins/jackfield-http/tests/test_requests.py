"""What is sent: arguments stay where they belong, whatever a model makes of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jackfield.errors import ToolError
from jackfield_http.address import filled_path
from jackfield_http.declared import operation
from jackfield_http.operation import Request
from jackfield_http.settings import HttpSettings, ToolConfig
from jackfield_http.template import filled


def request(tool: Mapping[str, object], arguments: Mapping[str, object]) -> Request:
    return operation("tool", ToolConfig.model_validate({"description": "Does it.", **tool})).request(
        arguments
    )


# --- paths ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("Leeds", "/cities/Leeds"),
        ("São Paulo", "/cities/S%C3%A3o%20Paulo"),
        ("a/b", "/cities/a%2Fb"),
        ("a?b=c#d", "/cities/a%3Fb%3Dc%23d"),
        ("//evil.example", "/cities/%2F%2Fevil.example"),
        ("..data", "/cities/..data"),
        ("@evil.example:80", "/cities/%40evil.example%3A80"),
        (1042, "/cities/1042"),
        (3.0, "/cities/3"),
        (True, "/cities/true"),
        ("100%", "/cities/100%25"),
    ],
)
def test_an_argument_is_one_segment_of_the_path(value: object, path: str) -> None:
    assert filled_path("/cities/{city}", {"city": value}) == path


@pytest.mark.parametrize(
    "value", ["..", ".", "../admin", "a/../b", "..\\admin", "%2e%2e", "%2E%2E/x", "a\r\nHost: b", "x\0"]
)
def test_an_argument_that_would_leave_its_place_is_refused(value: str) -> None:
    with pytest.raises(ToolError, match="`city` cannot be part of an address"):
        filled_path("/cities/{city}", {"city": value})


def test_two_arguments_cannot_make_dots_together() -> None:
    with pytest.raises(ToolError, match="`a` and `b` cannot be part"):
        filled_path("/x/{a}{b}/y", {"a": ".", "b": "."})


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_an_empty_argument_does_not_make_one_order_all_orders(value: str) -> None:
    with pytest.raises(ToolError, match="`number` must not be empty"):
        filled_path("/orders/{number}", {"number": value})


@given(st.text())
def test_no_text_changes_how_many_segments_a_path_has(value: str) -> None:
    try:
        path = filled_path("/a/{x}/b", {"x": value.encode("utf-8", "replace").decode()})
    except ToolError:
        return
    assert path.count("/") == 3
    assert path.startswith("/a/") and path.endswith("/b")
    assert not {"?", "#", "\\", " ", "\n"} & set(path)


# --- places ---------------------------------------------------------------------------------------------


def test_parameters_without_a_place_go_into_the_query_or_the_body() -> None:
    parameters = {"number": "integer", "note": "string", "loud": "boolean?"}
    arguments = {"number": 7, "note": "hi"}
    got = request({"path": "/t/{number}", "parameters": parameters}, arguments)
    assert (got.path, got.query, got.body) == ("/t/7", (("note", "hi"),), None)
    put = request({"path": "/t/{number}", "method": "put", "parameters": parameters}, arguments)
    assert (put.query, put.body) == ((), {"note": "hi"})


def test_arguments_keep_their_types_in_a_body_and_are_written_out_in_a_text() -> None:
    tool = {
        "path": "/orders",
        "method": "POST",
        "parameters": {"item": "string", "count": "integer", "gift": "boolean?", "to": "string?"},
        "query": {"source": "voice", "debug": False},
        "headers": {"X-Item": "item {item}"},
        "body": {"lines": [{"sku": "{item}", "count": "{count}"}], "gift": "{gift}", "note": "{{for}} {to}"},
    }
    got = request(tool, {"item": "lamp", "count": 2})
    assert got.body == {"lines": [{"sku": "lamp", "count": 2}]}
    assert got.query == (("source", "voice"), ("debug", "false"))
    assert got.headers == (("X-Item", "item lamp"),)
    body = request(tool, {"item": "lamp", "count": 2, "to": "Ada", "gift": True}).body
    assert body == {"lines": [{"sku": "lamp", "count": 2}], "gift": True, "note": "{for} Ada"}


def test_lists_are_repeated_in_the_query() -> None:
    tags = {"tags": {"type": "array", "items": {"type": "string"}}}
    assert request({"path": "/t", "parameters": tags}, {"tags": ["a", "b"]}).query == (
        ("tags", "a"),
        ("tags", "b"),
    )


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "ü"])
def test_a_header_holds_one_line_of_ascii(value: str) -> None:
    tool = {"path": "/t", "parameters": {"who": "string"}, "headers": {"X-Who": "{who}"}}
    with pytest.raises(ToolError, match="the header X-Who cannot hold"):
        request(tool, {"who": value})


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert filled("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"


# --- settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ({"path": "/t/{x}"}, "{x} is none of its parameters"),
        ({"path": "/t/{numbr}", "parameters": {"number": "integer"}}, 'did you mean "number"'),
        ({"path": "/t/{x}", "parameters": {"x": "string?"}}, "stands in the path, and so cannot be left out"),
        ({"path": "/t", "parameters": {"x": "string"}, "query": {}}, "the parameter x is used nowhere"),
        ({"path": "/t", "method": "POST", "form": True}, "a form is a mapping"),
    ],
)
def test_places_and_parameters_must_fit_each_other(tool: Mapping[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        operation("tool", ToolConfig.model_validate({"description": "Does it.", **tool}))
    assert words in str(told.value)


TOOL = {"description": "Does it.", "path": "/t"}


@pytest.mark.parametrize(
    ("api", "words"),
    [
        ({"tools": {"t": TOOL}}, "base_url is missing"),
        ({"base_url": "https://a.example"}, "it has no tools"),
        ({"base_url": "https://u:p@a.example", "tools": {"t": TOOL}}, "credentials belong under `auth`"),
        ({"base_url": "ftp://a.example", "tools": {"t": TOOL}}, 'begins with "https://"'),
        ({"base_url": "https://a.example", "tools": {"t": {**TOOL, "path": "t"}}}, "a path begins with /"),
        ({"base_url": "https://a.example", "tools": {"t": {**TOOL, "path": "/a/../b"}}}, "no . and .. in it"),
        ({"base_url": "https://a.example", "tools": {"t": {**TOOL, "result": "a["}}}, "no JMESPath"),
        ({"base_url": "https://a.example", "tools": {"t": {**TOOL, "method": "BREW"}}}, "'GET', 'HEAD'"),
        (
            {"base_url": "https://a.example", "tools": {"t": {**TOOL, "parameters": {"a": "strng"}}}},
            'a: "strng" is no type (did you mean "string"?)',
        ),
        (
            {
                "base_url": "https://a.example",
                "auth": {"bearer": "a", "query": {"k": "v"}},
                "tools": {"t": TOOL},
            },
            "take one of bearer, basic, header and query",
        ),
    ],
)
def test_wrong_settings_are_told(api: Mapping[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        HttpSettings.model_validate({"apis": {"a": api}})
    assert words in str(told.value)


def test_a_wrong_credential_is_not_repeated() -> None:
    api = {"base_url": "https://a.example", "auth": {"bearer": "hunter2\nx"}, "tools": {"t": TOOL}}
    with pytest.raises(ValidationError) as told:
        HttpSettings.model_validate({"apis": {"a": api}})
    assert "hunter2" not in str(told.value)
    assert "one line of ASCII" in str(told.value)


def test_http_says_what_may_be_repeated() -> None:
    def claims(**tool: object) -> tuple[bool, bool]:
        made = operation("tool", ToolConfig.model_validate({**TOOL, **tool}))
        return made.read_only, made.idempotent

    assert claims() == (True, True)
    assert claims(method="PUT") == (False, True)
    assert claims(method="POST") == (False, False)
    assert claims(method="POST", read_only=True) == (True, False)
