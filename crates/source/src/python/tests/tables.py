"""Tells the tables of lines of code objects, and the line of each instruction, as Python itself sees it."""
import asyncio.base_events
import dis
import http.client
import json
import sys
import socket
import ssl
import textwrap
import types

SOURCE = textwrap.dedent('''
    import os
    @decorate
    @decorate(
        1,
        2)
    def function(a, b=
            3, *c):
        """Text."""
        with open(
            a
        ) as one, open(b) as two:
            call(one,
                 two,
                 *[x
                   for x in c
                   if x])
        try:
            value = {
                1: call(), 2:
                    call(),
            }
        except (ValueError,
                TypeError) as error:
            raise
        except Exception:
            return
        finally:
            call(
            )
        for i in c:
            if i:
                continue
            elif call(i) and \\
                    call(
                        b):
                break
        else:
            while call(): pass
        return (lambda: (
            yield
        ))
    async def co(self):
        async with self as x, x:
            await x(
                x)
        async for y in x: yield y
    class C(
        B
    ):
        x: int = call()
        def m(self): return [super().m(
            ) for _ in ()]
''') + "\n" * 300 + "x = f(\n" + "\n" * 400 + "1)\n" + "y = 1; " * 300 + "\nz = g(" + "h(\n" * 40 + ")" * 41 + "\n"


def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            for inner in codes(constant):
                yield inner


def lines_of(code):
    """The line of each instruction, by the function that a traceback's lines come from."""
    length = len(code.co_code)
    if hasattr(code, "co_positions"):
        return [(2 * index, position[0]) for index, position in enumerate(code.co_positions())]
    if hasattr(code, "co_lines"):
        return [(at, line) for start, end, line in code.co_lines() for at in range(start, end, 2)]
    starts = list(dis.findlinestarts(code))
    lines, line = [], code.co_firstlineno
    for at in range(0, length, 2):
        while starts and starts[0][0] <= at:
            line = starts.pop(0)[1]
        lines.append((at, line))
    return lines


sources = [SOURCE] + [open(module.__file__, encoding="utf-8").read() for module in (asyncio.base_events, http.client, socket, ssl)]
for source in sources:
    for code in codes(compile(source, "told.py", "exec")):
        table = code.co_linetable if sys.version_info >= (3, 10) else code.co_lnotab
        print(json.dumps({
            "minor": sys.version_info[1],
            "name": code.co_name,
            "table": list(table),
            "first": code.co_firstlineno,
            "lines": lines_of(code),
        }))
