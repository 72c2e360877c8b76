# asyncio: a coroutine for each client.
import asyncio
import sys


async def serve(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "", int(sys.argv[1])) as server:
        await server.serve_forever()


asyncio.run(main())
