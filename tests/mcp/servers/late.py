"""An MCP server that takes its time: it starts once somebody opens the named pipe that it is given."""

import runpy
import sys
from pathlib import Path

Path(sys.argv[1]).read_bytes()
runpy.run_path(str(Path(__file__).parent / "old.py"))
