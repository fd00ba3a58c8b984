"""The command line: over stdio for a program that starts it, over HTTP for several."""

from __future__ import annotations

import argparse
import os
import socket
import sqlite3
import sys

import uvicorn
from mcp.server import MCPServer

from jackfield_warehouse.server import warehouse_server
from jackfield_warehouse.store import MEMORY, Store

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Run the server until its client goes away (stdio) or it is told to stop (HTTP)."""
    options = _options()
    try:
        store = Store(options.database)
    except sqlite3.Error as error:
        sys.exit(f"The database {options.database} cannot be used: {error}. Give another path to --database.")
    server = warehouse_server(store, options.seconds_per_item)
    try:
        if options.http:
            _serve(server, options.port)
        else:
            server.run("stdio")
    except KeyboardInterrupt:
        pass
    finally:
        store.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="jackfield-warehouse", description="The store of a repair shop, as an MCP server."
    )
    parser.add_argument(
        "--database",
        metavar="PATH",
        default=os.environ.get("WAREHOUSE_DATABASE") or MEMORY,
        help="a SQLite file, made and filled if it does not exist (WAREHOUSE_DATABASE); "
        "without one the data is in memory, and new with every start",
    )
    parser.add_argument(
        "--seconds-per-item",
        metavar="SECONDS",
        type=float,
        default=os.environ.get("WAREHOUSE_SECONDS_PER_ITEM") or "1",
        help="how long counting one part takes (WAREHOUSE_SECONDS_PER_ITEM; 1)",
    )
    parser.add_argument("--http", action="store_true", help=f"serve streamable HTTP on {LOOPBACK}, not stdio")
    parser.add_argument(
        "--port", type=int, default=8766, help="the port for --http (8766; 0 for any free one)"
    )
    return parser.parse_args()


def _serve(server: MCPServer, port: int) -> None:
    try:
        listening = socket.create_server((LOOPBACK, port))
    except OSError as error:
        sys.exit(f"Port {port} on {LOOPBACK} cannot be used: {error.strerror}. Give another one to --port.")
    with listening:
        # The socket listens already: whoever reads this line can connect.
        print(f"http://{LOOPBACK}:{listening.getsockname()[1]}/mcp", flush=True)
        config = uvicorn.Config(server.streamable_http_app(), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
