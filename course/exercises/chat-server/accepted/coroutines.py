# asyncio: a coroutine for each client.
import asyncio
import sys

writers = set()


async def serve(reader, writer):
    writers.add(writer)
    try:
        while line := await reader.readline():
            for other in writers - {writer}:
                other.write(line)
    except OSError:
        pass
    writers.discard(writer)
    writer.close()


async def main():
    async with await asyncio.start_server(serve, "", int(sys.argv[1])) as server:
        await server.serve_forever()


asyncio.run(main())
