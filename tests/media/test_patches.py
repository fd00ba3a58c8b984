"""What is changed in aiortc, and where."""

import subprocess
import sys

import aiortc.rtcrtpreceiver

from jackfield.media.patches import LOOPBACK, or_loopback

PROGRAM = """
import aioice.ice, aiortc.rtcrtpreceiver, aiortc.jitterbuffer
from jackfield.media import patches
patches.install()
patches.install()
assert aioice.ice.CONSENT_INTERVAL == 1
assert aioice.ice.get_host_addresses is patches.host_addresses
audio = aiortc.rtcrtpreceiver.JitterBuffer(capacity=16, prefetch=4)
assert isinstance(audio, patches.AudioJitterBuffer)
video = aiortc.rtcrtpreceiver.JitterBuffer(capacity=512, is_video=True)
assert isinstance(video, aiortc.jitterbuffer.JitterBuffer)
"""


def test_a_machine_without_a_network_offers_loopback_and_others_do_not() -> None:
    assert or_loopback([]) == [LOOPBACK]
    assert or_loopback(["192.0.2.7"]) == ["192.0.2.7"]


def test_installing_them_twice_is_installing_them_once() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)


def test_a_program_that_imports_us_keeps_its_own_aiortc() -> None:
    assert aiortc.rtcrtpreceiver.JitterBuffer.__module__ == "aiortc.jitterbuffer"


def test_importing_the_package_loads_no_webrtc() -> None:
    program = "import sys, jackfield.media; assert not {'aiortc', 'av'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
