"""The command line: over stdio for a program that starts it, over HTTP for several."""

from __future__ import annotations

import argparse
import os
import socket
import sqlite3
import sys

import uvicorn
from mcp.server import MCPServer

from jackfield_tickets.server import tickets_server
from jackfield_tickets.shop import MEMORY, Shop

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Run the server until its client goes away (stdio) or it is told to stop (HTTP)."""
    options = _options()
    try:
        shop = Shop(options.database)
    except sqlite3.Error as error:
        sys.exit(f"The database {options.database} cannot be used: {error}. Give another path to --database.")
    server = tickets_server(shop, options.supplier_seconds)
    try:
        if options.http:
            _serve(server, options.port)
        else:
            server.run("stdio")
    except KeyboardInterrupt:
        pass
    finally:
        shop.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="jackfield-tickets", description="A repair shop's tickets and parts, as an MCP server."
    )
    parser.add_argument(
        "--database",
        metavar="PATH",
        default=os.environ.get("TICKETS_DATABASE") or MEMORY,
        help="a SQLite file, made and filled if it does not exist (TICKETS_DATABASE); "
        "without one the data is in memory, and new with every start",
    )
    parser.add_argument(
        "--supplier-seconds",
        metavar="SECONDS",
        type=float,
        default=os.environ.get("TICKETS_SUPPLIER_SECONDS") or "5",
        help="how long the supplier takes to answer (TICKETS_SUPPLIER_SECONDS; 5)",
    )
    parser.add_argument("--http", action="store_true", help=f"serve streamable HTTP on {LOOPBACK}, not stdio")
    parser.add_argument(
        "--port", type=int, default=8765, help="the port for --http (8765; 0 for any free one)"
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
