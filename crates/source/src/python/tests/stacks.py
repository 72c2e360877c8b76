"""Stops in functions that were called in many ways; before each stop, tells the stack as Python itself sees it.

Each stop is a line of JSON on standard output, and lasts until a byte is on standard input.
"""
import asyncio
import ctypes
import functools
import json
import os
import runpy
import sys
import threading
import traceback

RUNTIME = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))


def stop():
    stack = [(frame.filename, frame.lineno, frame.name) for frame in traceback.extract_stack()]
    told = {"runtime": RUNTIME, "minor": sys.version_info[1], "thread": threading.get_native_id(), "pointer": threading.get_ident(), "stack": stack[::-1]}
    os.write(1, json.dumps(told).encode() + b"\n")
    os.read(0, 1)


def plain():
    stop()


def several_lines(first, second):
    return [
        first,
        plain(
        ),
        second,
    ]


def decorated(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        before = 1
        return before, function(
            *arguments
        )

    return wrapper


@decorated
@functools.lru_cache(
    maxsize=None
)
def cached(number):

    stop()
    return number


class Resource:
    stop()

    def __enter__(self):
        stop()

    def __exit__(self, *error):
        stop()

    def __del__(self):
        stop()

    @property
    def value(self):
        return stop()

    def __lt__(self, other):
        stop()
        return True


def with_and_finally():
    with Resource() as resource:
        stop()
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            stop()
            raise
        finally:
            stop()
    except (
        ZeroDivisionError
    ):
        stop()
    else:
        stop()


def generator():
    for number in range(2):
        stop()
        yield number
    yield from (
        stop() for _ in range(1)
    )


async def coroutine():
    stop()
    await asyncio.sleep(0)
    stop()
    async with asyncio.Lock():
        stop()
    asyncio.get_running_loop().call_soon(stop)
    await asyncio.gather(leaf(), leaf())


async def leaf():
    await asyncio.sleep(0)
    stop()


def from_c():
    list(map(lambda _: stop(), range(1)))
    sorted([Resource(), Resource()])
    [stop() for _ in range(1)]
    {1: plain() for _ in range(1)}
    Resource().value
    functools.partial(plain)()
    functools.reduce(lambda first, second: plain(), [1, 2])


def code_made_at_run_time():
    # Code objects come and go at the same addresses.
    for line in range(1, 12):
        exec(compile("\n" * line + "stop()", "made.py", "exec"))
        exec(compile("\n" * line + "if True:\n  stop()\n", "made%d.py" % (line % 3), "exec"))
    eval("stop()")
    runpy.run_path("relative.py", {"stop": stop})
    runpy.run_path("./../%s/relative.py" % os.path.basename(os.getcwd()), {"stop": stop})
    exec("def made():\n\n\n    stop()\n\nmade()", {"stop": stop})


def names():
    exec(compile("def ñandú():\n stop()\nñandú()", "/tmp/año/данные.py", "exec"))
    exec(compile("def 関数():\n stop()\n関数()", "/tmp/\U0001f40d.py", "exec"))


def far_down(depth):
    if depth:
        far_down(depth - 1)
    else:
        stop()


def threads():
    for _ in range(3):
        one = threading.Thread(target=plain)
        one.start()
        one.join()
    waiting = [threading.Event() for _ in range(4)]

    def work(index):
        waiting[index].wait()
        stop()

    several = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for one in several:
        one.start()
    for one, event in zip(several, waiting):
        event.set()
        one.join()


def traced():
    def trace(frame, event, argument):
        if frame.f_code is quiet.__code__ and event == "call":
            sys.settrace(None)
            stop()

    sys.settrace(trace)
    quiet()
    sys.settrace(None)


def quiet():
    pass


def hot():
    # Often enough for the instructions to be specialized.
    for number in range(300):
        if number < 299:
            warm(
                len,
            )
        else:
            warm(
                lambda _: stop(),
            )


def warm(function):
    return function(
        ()
    )


def made_long():
    body = "def long():\n" + "    a = 1\n" * 700 + "    stop()\n" + "\n" * 700 + "    stop(\n" + "\n" * 300 + ")\n"
    scope = {"stop": stop}
    exec(compile(body + "long()\n", "long.py", "exec"), scope)
    backwards = "f(\n" + "\n" * 200 + "g,\n" + "\n" * 200 + "stop())\n"
    exec(compile(backwards, "backwards.py", "exec"), {"f": lambda *_: stop(), "g": 1, "stop": stop})


plain()
several_lines(
    1,
    2,
)
cached(7)
with_and_finally()
for _ in generator():
    stop()
from_c()
code_made_at_run_time()
names()
made_long()
far_down(100)
far_down(3)
threads()
traced()
hot()
asyncio.run(coroutine())
