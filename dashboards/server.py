"""Serving the dashboards: on this machine only, unless a sign-in is configured."""

from __future__ import annotations

import os
import socket

from ingest.problems import Problem
from warehouse.access import is_loopback, people, sign_in
from warehouse.home import Home


def serve(home: Home, host: str = "127.0.0.1", port: int = 8501) -> None:
    """Serve the dashboards of a home until the process is told to stop.

    Raises:
        Problem (exit code 2): the host is no loopback address while no sign-in is configured, or is unknown;
            or the settings of the sign-in are wrong;
            (exit code 1): the port is taken.
    """
    if sign_in(home) is None:
        _refuse_strangers(host)
    people(home)  # a table that cannot be read would let nobody in
    _refuse_taken(host, port)
    os.environ["ZHIDU_HOME"] = str(home.root)

    import uvicorn

    from dashboards.asgi import app

    print(f"http://{_in_url(host)}:{port}  ·  Ctrl+C 停止 to stop", flush=True)
    # uvicorn opens the port itself: a socket made by Streamlit would wait 40 ms for every answer.
    uvicorn.run(app, host=host, port=port, log_level="warning", ws_max_size=2**26)


def _refuse_strangers(host: str) -> None:
    if not is_loopback(host):
        raise Problem(
            f"不能在 {host} 上打开看板：还没有配置登录，别的机器都能看到员工与金额。请用 127.0.0.1（默认），或先按 docs/sign-in.md 配置登录。",
            f"The dashboards cannot be opened on {host}: no sign-in is configured, and every machine could see people "
            "and money. Use 127.0.0.1 (the default), or configure a sign-in first: docs/sign-in.md.",
        )


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise Problem(
            f"端口 {host}:{port} 打不开（{error}）：可能已有看板在运行。请停掉它，或用 --port 换一个。",
            f"Port {host}:{port} cannot be opened ({error}): perhaps the dashboards already run. "
            "Stop them, or choose another by --port.",
            exit_code=1,
        ) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
