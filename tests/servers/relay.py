"""Something between a client and its server that passes every octet on, and stands still where a test wants it.

    async with Relay(port, stop_before=b"UID FETCH") as relay:      # of what the client says
        ...
        await relay.stopped.wait()

With `stop_after` it is what the server says that counts: all up to those octets is passed on, and nothing after them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

CHUNK = 65_536


class Relay:
    """Listens on a port of its own. Only the first connection is stopped, and only once."""

    def __init__(self, port: int, *, stop_before: bytes = b"", stop_after: bytes = b"") -> None:
        self._to, self._before, self._after = port, stop_before, stop_after
        self._talks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.stopped = asyncio.Event()
        self.when_stopped: Callable[[], object] = lambda: None

    @property
    def port(self) -> int:
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for talk in self._talks:
            talk.cancel()
        if self._talks:
            await asyncio.wait(self._talks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        there, onward = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, onward}
        asked = asyncio.ensure_future(self._pass_on(reader, onward, stop_at=self._before, keep=0))
        answered = asyncio.ensure_future(self._pass_on(there, writer, stop_at=self._after, keep=len(self._after)))
        await asyncio.wait({asked, answered}, return_when=asyncio.FIRST_COMPLETED)
        for one, end in ((asked, onward), (answered, writer)):
            one.cancel()
            end.transport.abort()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(asked, answered, return_exceptions=True)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, stop_at: bytes, keep: int
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                place = data.find(stop_at) if stop_at and not self.stopped.is_set() else -1
                if place >= 0:
                    writer.write(data[: place + keep])
                    self.when_stopped()
                    self.stopped.set()
                    await reader.read(-1)  # until the client goes
                    return
                writer.write(data)
                await writer.drain()
