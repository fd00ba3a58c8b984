"""The plugin `http`: a source of tools for each API of its settings."""

from __future__ import annotations

import jackfield
from jackfield.errors import PluginError
from jackfield.hookspecs import RegisterToolSource
from jackfield_http.api import Api
from jackfield_http.client import Client, Endpoint
from jackfield_http.declared import operation
from jackfield_http.openapi.operations import Taken, server, take
from jackfield_http.openapi.reading import document
from jackfield_http.settings import ApiConfig, HttpSettings

settings_model = HttpSettings


@jackfield.hookimpl
def register_tool_sources(register: RegisterToolSource, settings: HttpSettings) -> None:
    for name, config in settings.apis.items():
        source = api(name, config)
        register(source, policies=source.policies)


def api(name: str, config: ApiConfig) -> Api:
    """An API whose document cannot be read keeps the tools that are declared one by one; what is missing is
    set aside, with the reason."""
    operations = [operation(each, tool) for each, tool in config.tools.items()]
    aside: dict[str, str] = {}
    base_url = config.base_url or ""
    if config.openapi is not None:
        try:
            taken, base_url = _from_document(config, {each.name for each in operations})
        except PluginError as error:
            aside["openapi"] = str(error)
        else:
            operations += taken.operations
            aside |= taken.aside
    endpoint = Endpoint(name, base_url, config.credentials(), config.timeout, config.limit)
    return Api(name, Client(endpoint), operations if base_url else [], aside)


def _from_document(config: ApiConfig, names: set[str]) -> tuple[Taken, str]:
    assert config.openapi is not None
    read = document(config.openapi.document)
    taken = take(read, config.openapi.include, config.openapi.exclude, names)
    return taken, config.base_url or server(read, config.openapi.document)
