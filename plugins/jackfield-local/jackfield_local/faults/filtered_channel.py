from __future__ import annotations

from .fault import Fault


class FilteredChannel(Fault):
    """The data channel carries only what Azure's `webrtcfilter=on` lets through, asked for or not."""

    @property
    def filters_channel(self) -> bool:
        return True
