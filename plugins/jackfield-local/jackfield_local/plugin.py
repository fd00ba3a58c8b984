"""What the entry point `local` names: the provider kind `local`."""

from __future__ import annotations

from jackfield import hookimpl
from jackfield.hookspecs import RegisterProvider
from jackfield_local.provider import KIND, LocalProvider


@hookimpl
def register_providers(register: RegisterProvider) -> None:
    register(KIND, LocalProvider.from_settings)
