"""Who declares no MCP server does not pay for the SDK."""

import subprocess
import sys


def test_the_sdk_is_not_loaded_without_a_server() -> None:
    code = (
        "import sys; from jackfield.mcp import Hub; hub = Hub({}, changed=print); "
        "assert not hub.sources() and not hub.status(); "
        "sys.exit(', '.join(name for name in ('mcp', 'starlette', 'uvicorn') if name in sys.modules) or None)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert loaded.returncode == 0, loaded.stderr
