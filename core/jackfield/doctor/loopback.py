"""`python -m jackfield.doctor.loopback`: can this machine send UDP to itself, and can two peers connect?

A process of its own, because aiortc is imported here. Prints one line of JSON. No STUN server is asked.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket

import aioice.ice
from aiortc.mediastreams import AudioStreamTrack

from jackfield.errors import MediaError
from jackfield.media import patches
from jackfield.media.rtc import ChannelOpen, Lost, Peer, PeerEvent

ECHO_WITHIN = 1.0
CONNECT_WITHIN = 10.0
WORD = b"jackfield doctor"


async def probe() -> dict[str, object]:
    """What was found: for each address whether UDP comes back, and why no connection could be made."""
    patches.install()
    addresses = await asyncio.to_thread(aioice.ice.get_host_addresses, True, True)
    echoes = await asyncio.gather(*(asyncio.to_thread(echo, address) for address in addresses))
    return {"udp": dict(zip(addresses, echoes, strict=True)), "ice": await connect()}


def echo(address: str) -> str:
    """Send a datagram to oneself; "" if it comes back, else why not."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.settimeout(ECHO_WITHIN)
            sock.bind((address, 0))
            sock.sendto(WORD, sock.getsockname())
            return "" if sock.recv(len(WORD)) == WORD else "something else came back"
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__


async def connect() -> str:
    """Let a caller and an answerer find each other; "" if they do, else why not."""
    over: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def tell(event: PeerEvent) -> None:
        if not over.done() and isinstance(event, ChannelOpen | Lost):
            over.set_result(event.reason if isinstance(event, Lost) else "")

    caller, answerer = (
        Peer(AudioStreamTrack(), tell, calling=True),
        Peer(AudioStreamTrack(), lambda event: None),
    )
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            await caller.accept(await answerer.answer(await caller.offer("doctor")))
            return await over
    except TimeoutError:
        return f"no connection within {CONNECT_WITHIN:g} s"
    except MediaError as error:
        return str(error)
    finally:
        await asyncio.gather(caller.close(), answerer.close())


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(probe())))
