"""Debian's nginx with the site of `deployment/nginx.conf`, in a folder of its own, and a certificate for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.certificates import make_certificate
from tests.fleet.engines import START_SECONDS_MAX, free_port
from tests.servers import ROOT

PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SITE = ROOT / "deployment" / "nginx.conf"
NAME = "localhost"
_MAIN = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/site.conf;
}}
"""


class Nginx:
    """In front of these servers; `origin` is where clients reach it."""

    def __init__(self, folder: Path, servers: Sequence[str]) -> None:
        assert PROGRAM is not None
        self.origin = f"https://{NAME}:{free_port()}"
        self.plain_origin = f"http://{NAME}:{free_port()}"
        self.log = folder / "access.log"
        self.certificate, self._key = make_certificate(folder, NAME)
        self._folder = folder
        # Its workers would be nobody's, whom a test's folder is closed to.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
        (folder / "site.conf").write_text(self._site(servers))
        command = [PROGRAM, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def wait_started(self) -> None:
        until = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                socket.create_connection(("127.0.0.1", urlsplit(self.origin).port or 0)).close()
                return
            except OSError:
                assert self._process.poll() is None, (self._folder / "error.log").read_text()
                assert time.monotonic() < until, "nginx does not start"
                time.sleep(0.01)  # another process: there is nothing to await

    def reload(self) -> None:
        """As `nginx -s reload` does: it forgets which servers it left out, once the worker that knew has gone."""
        workers = psutil.Process(self._process.pid).children()
        self._process.send_signal(signal.SIGHUP)
        _, alive = psutil.wait_procs(workers, START_SECONDS_MAX)
        assert not alive

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS_MAX)

    def tls(self) -> ssl.SSLContext:
        """Of a client that trusts its certificate and no other."""
        return ssl.create_default_context(cafile=self.certificate)

    def _site(self, servers: Sequence[str]) -> str:
        """The file as it is, with this machine's names, ports and paths."""
        site = SITE.read_text()
        https, http = urlsplit(self.origin).port, urlsplit(self.plain_origin).port
        here = {
            "listen 80;": f"listen 127.0.0.1:{http};",
            "listen [::]:80;": f"listen 127.0.0.3:{http};",
            "listen 443 ": f"listen 127.0.0.1:{https} ",
            "listen [::]:443 ": f"listen 127.0.0.3:{https} ",
            "server_name mail.example.com;": f"server_name {NAME};",
            "/etc/ssl/certs/mail.example.com.pem": str(self.certificate),
            "/etc/ssl/private/mail.example.com.key": str(self._key),
            "/var/log/nginx/postmeter.log": str(self.log),
            "/var/log/nginx/postmeter.error.log": str(self._folder / "site.error.log"),
            "192.0.2.11:8000": urlsplit(servers[0]).netloc,
            "192.0.2.12:8000": urlsplit(servers[1]).netloc,
        }
        for theirs, ours in here.items():
            assert theirs in site, f"{SITE.name} says no more {theirs}"
            site = site.replace(theirs, ours)
        return site
