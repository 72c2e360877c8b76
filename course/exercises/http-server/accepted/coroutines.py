# asyncio: one thread, a coroutine for each connection.
import asyncio
import os
import sys

port, root = int(sys.argv[1]), os.path.realpath(sys.argv[2])


async def serve(reader, writer):
    try:
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split()[1].decode()
        file = os.path.realpath(root + "/" + (path if path != "/" else "index.html"))
        status, body = b"404 Not Found", b"Nothing there\n"
        if file.startswith(root + "/") and os.path.isfile(file):
            with open(file, "rb") as opened:
                status, body = b"200 OK", opened.read()
        writer.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body)
        await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "", port) as server:
        await server.serve_forever()


asyncio.run(main())
