"""`jackfield dev`: serve, and take over what is being worked on."""

from __future__ import annotations

import asyncio
import logging

import click

from jackfield.cli.reloading import Reloader
from jackfield.cli.serve import Service, served
from jackfield.cli.watching import Snapshot, stirrings
from jackfield.plugins.code import worked_on

log = logging.getLogger(__name__)


@click.command()
@served
def dev(service: Service) -> None:
    """Serve like `jackfield serve`, and take over changes while calls go on.

    Watches FILE (agents.yaml), the prompts that it names, and the code of plugins that are installed where
    they are written (`pip install -e`). What is wrong is shown, and calls go on with what was there before.
    """
    service.run(lambda reloader: Watch(reloader).run)


class Watch:
    """Knows what the files held when it was made, and reloads whatever is different from then on."""

    def __init__(self, reloader: Reloader) -> None:
        self._reloader = reloader
        self._seen = self._look()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            folders = self._seen.folders
            async for _ in stirrings(folders):
                await self._compare()
                if self._seen.folders != folders:
                    break

    async def _compare(self) -> None:
        snapshot = await asyncio.to_thread(self._look)
        changed = snapshot.since(self._seen)
        self._seen = snapshot
        if not changed:
            return
        try:
            await self._reloader.reload(snapshot.owners(changed))
        except Exception:
            log.exception("the change could not be taken over")

    def _look(self) -> Snapshot:
        return Snapshot.of(self._reloader.file, worked_on().values())
