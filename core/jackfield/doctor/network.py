"""UDP and ICE on this machine: what sound in a call travels by. No STUN server is asked: the services have
public addresses, and need none."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping

from jackfield.doctor.finding import Finding, fail, ok, warn

STARTING = 10.0
"""Seconds beyond the usual bound: a process is started that imports aiortc."""


async def looked_at(within: float) -> list[Finding]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "jackfield.doctor.loopback",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(within + STARTING):
            printed, _ = await process.communicate()
        found = json.loads(printed)
    except (TimeoutError, ValueError):
        fix = "look at the firewall of this machine, and at how busy it is"
        return [fail("ICE", f"the probe did not end within {within + STARTING:g} s", fix)]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return list(judged(found["udp"], found["ice"]))


def judged(udp: Mapping[str, str], ice: str) -> Iterator[Finding]:
    """`udp` says for each address why no datagram came back, `ice` why two peers did not connect."""
    for address, trouble in udp.items():
        if trouble:
            yield warn(f"UDP {address}", trouble, "let UDP out and in on this interface")
    good = [address for address, trouble in udp.items() if not trouble]
    if good:
        yield ok("UDP", f"sent and received on {', '.join(good)}")
    else:
        yield fail("UDP", "no address of this machine can send and receive", "let UDP through its firewall")
    if ice:
        yield fail("ICE", f"two peers on this machine do not connect: {ice}", "let UDP through its firewall")
    else:
        yield ok(
            "ICE", "two peers on this machine connect (DTLS, data channel); the way to a service is its own"
        )
