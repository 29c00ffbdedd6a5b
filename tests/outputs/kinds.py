"""More kinds of cells that show something, beside those of `tests/cases/outputs.py`."""

from __future__ import annotations

from tests.cases.outputs import Output
from tests.cases.source import code

#: objects and helpers that several kinds use
SETUP = code("""
    import asyncio, io, json, logging, os, subprocess, sys, threading, time, warnings
    from contextlib import redirect_stdout
    from IPython.display import (HTML, Image, JSON, Markdown, SVG, Javascript, Latex, clear_output, display,
                                 publish_display_data, update_display)
    from IPython.utils.capture import capture_output

    old_log = logging.getLogger('old')
    old_log.propagate = False
    old_log.addHandler(logging.StreamHandler(sys.stderr))

    class Rich:
        def _repr_html_(self): return '<i>rich</i>'
        def __repr__(self): return 'Rich()'

    class Bundle:
        def _repr_mimebundle_(self, include=None, exclude=None):
            data = {'text/plain': 'b', 'application/vnd.x+json': {'a': [1, 2.5, None, True, {'b': []}]}}
            return data, {'application/vnd.x+json': {'wide': True}}

    class Own:
        def _ipython_display_(self): print('shows itself'); display(HTML('<u>own</u>'))

    class Loud:
        def __repr__(self): print('while shown'); return 'Loud()'

    class RawPng:
        def _repr_png_(self): return PNG
        def __repr__(self): return 'RawPng()'

    PNG = bytes.fromhex(
        '89504e470d0a1a0a0000000d4948445200000001000000010806000000'
        '1f15c4890000000d49444154789c6360000000000500010d0a2db40000000049454e44ae426082')
    shared_handle = display('shown earlier', display_id='earlier')
""")


def _kind(id: str, cell: str, setup: str = "", probe: str = "None", needs: tuple[str, ...] = ()) -> Output:
    return Output(id=id, cell=code(cell), setup=code(setup), probe=probe, needs=needs)


KINDS: list[Output] = [
    _kind("logging-handler-of-an-earlier-cell", "old_log.warning('careful')\nprint('x')"),
    _kind("streams-in-turn", "for i in range(5):\n    print(i)\n    print(i, file=sys.stderr)"),
    _kind(
        "streams-in-turn-slowly",
        "for i in range(3):\n    print(i)\n    print(-i, file=sys.stderr)\n    time.sleep(0.3)",
    ),
    _kind("shell-command", "!echo hi"),
    _kind("shell-command-with-errors", "!echo out; echo err >&2"),
    _kind("shell-output-in-a-variable", "lines = !echo hi\nprint(lines)", probe="list(lines)"),
    _kind("script-magic", "get_ipython().run_cell_magic('bash', '', 'echo from bash')"),
    _kind(
        "capture-magic-inside", "get_ipython().run_cell_magic('capture', 'out', 'print(1)')\nprint(out.stdout, 'seen')"
    ),
    _kind("time-magic", "get_ipython().run_cell_magic('time', '', 'print(1)\\n2')", probe="_"),
    _kind("timeit-magic-inside", "%timeit -n1 -r1 pass\nprint('after')"),
    _kind("warnings", "warnings.simplefilter('always')\nwarnings.warn('beware')\nprint('x')"),
    _kind("html-repr", "Rich()", probe="type(_).__name__"),
    _kind("mime-bundle", "Bundle()", probe="type(_).__name__"),
    _kind("mime-bundle-displayed", "display(Bundle())"),
    _kind("displays-itself-as-result", "Own()", probe="type(_).__name__"),
    _kind("displays-itself", "display(Own())\nprint('after')"),
    _kind("prints-while-it-is-shown", "print('before')\nLoud()", probe="type(_).__name__"),
    _kind("display-with-metadata", "display(HTML('x'), metadata={'text/html': {'isolated': True}})"),
    _kind("display-of-several", "display(1, 'two', [3], {'four': 4})"),
    _kind("display-raw", "display({'text/plain': 'raw', 'text/html': '<p>raw'}, raw=True)"),
    _kind("display-include", "display(Rich(), include=['text/plain'])"),
    _kind("display-with-new-id", "handle = display('v1', display_id=True)\nhandle.update('v2')\nhandle.display('v3')"),
    _kind("empty-display-with-id", "handle = display(display_id='empty')\nhandle.update(HTML('filled'))"),
    _kind(
        "update-of-an-earlier-cell", "update_display('changed', display_id='earlier')\nshared_handle.update(HTML('2'))"
    ),
    _kind(
        "display-publisher-itself",
        """
        get_ipython().display_pub.publish({'text/plain': 'p'}, {'m': 1}, transient={'display_id': 'direct', 'x': [1]})
        get_ipython().display_pub.publish(data={'text/plain': 'q'}, transient={'display_id': 'direct'}, update=True)
        publish_display_data({'text/plain': 'r'})
    """,
    ),
    _kind("display-clearing", "display('a')\ndisplay('b', clear=True)"),
    _kind(
        "captured-output",
        """
        with capture_output() as captured:
            print('hidden')
            display('hidden too')
        print('open')
        captured.show()
    """,
    ),
    _kind("redirected", "with redirect_stdout(io.StringIO()) as f:\n    print('hidden')\nprint(f.getvalue().upper())"),
    _kind("redirected-to-the-other", "with redirect_stdout(sys.stderr):\n    print('as an error')\nprint('out')"),
    _kind(
        "threads",
        """
        def work(i):
            time.sleep(0.02 * i)
            print('thread', i)
        workers = [threading.Thread(target=work, args=(i,)) for i in range(3)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
        del workers, worker
    """,
    ),
    _kind(
        "display-in-a-thread",
        """
        worker = threading.Thread(target=lambda: display('from a thread'))
        worker.start(); worker.join()
        del worker
    """,
    ),
    _kind("flushes", "print('a', flush=True)\nsys.stdout.flush()\nprint('b', end='', flush=True)\nsys.stderr.flush()"),
    _kind("no-line-end", "print('a', end='')\nprint('b', end='\\r')\nprint('c', end='\\r\\n')\nprint('d')"),
    _kind("writelines", "sys.stdout.writelines(str(i) for i in range(5))\nsys.stderr.writelines(['x', 'y'])"),
    _kind("large-text", "for i in range(30_000):\n    print('line', i)"),
    _kind("large-display", "display({'text/plain': 'x' * 2_000_000}, raw=True)"),
    _kind(
        "unicode",
        "print('\\u00e4\\u4e2d\\U0001f600\\u0000\\x1b[31mred\\x1b[0m\\u2028')\n'\\U0001f600 \\u00e9'",
        probe="_",
    ),
    _kind("not-unicode", "print(os.fsdecode(b'caf\\xe9'))"),
    _kind("child-with-our-descriptors", "done = subprocess.run('echo out; echo err >&2; echo out2', shell=True)"),
    _kind("child-then-print", "done = subprocess.run(['echo', 'child'])\nprint('parent')"),
    _kind("child-with-much-text", "done = subprocess.run([sys.executable, '-c', 'print(\"y\" * 300_000)'])"),
    _kind("child-on-our-stream", "done = subprocess.run(['echo', 'to the terminal only'], stdout=sys.stdout)"),
    _kind(
        "text-from-c-that-is-not-flushed",
        "libc = ctypes.CDLL(None)\nlibc.puts(b'kept back')\nprint('py')\ndel libc",
        setup="import ctypes",
    ),
    _kind(
        "forked-child",
        """
        worker = multiprocessing.get_context('fork').Process(target=print, args=('from a fork',))
        worker.start(); worker.join()
        del worker
    """,
        setup="import multiprocessing",
    ),
    _kind("python's-first-stream", "sys.__stdout__.write('first stream\\n')\nprint('ours')"),
    _kind("figure-shown-at-once", "plt.plot([1, 2]); plt.show(); print('after')", needs=("matplotlib",)),
    _kind(
        "figures-around-text",
        """
        for i in range(2):
            plt.figure(); plt.plot([i, 2]); plt.show(); print('figure', i)
        plt.figure(); plt.plot([3])
        print('the last comes at the end')
    """,
        needs=("matplotlib",),
    ),
    _kind(
        "figure-as-result",
        "fig = plt.figure()\nfig.add_subplot().plot([1, 2])\nfig",
        needs=("matplotlib",),
        probe="type(_).__name__",
    ),
    _kind("axes-as-result", "plt.plot([1, 2])", needs=("matplotlib",), probe="type(_).__name__"),
    _kind("figure-with-semicolon", "plt.plot([1, 2]);", needs=("matplotlib",)),
    _kind(
        "figure-saved-and-closed",
        """
        fig, ax = plt.subplots(); fig.savefig(io.BytesIO()); plt.close(fig); print('saved')
    """,
        needs=("matplotlib",),
    ),
    _kind("figure-displayed", "fig, ax = plt.subplots()\ndisplay(fig)\nplt.close(fig)", needs=("matplotlib",)),
    _kind(
        "styled-table",
        "pd.DataFrame({'a': [1, 2]}).style.set_uuid('u').highlight_max()",
        setup="import pandas as pd",
        needs=("pandas", "jinja2"),
        probe="type(_).__name__",
    ),
    _kind(
        "classes-of-display",
        """
        display(Markdown('**b**'), JSON({'a': [1, {'b': None}], 'c': 1.5, '2': True}), Latex('$x$'))
        display(Image(data=PNG), SVG('<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>'))
        display(RawPng())
    """,
    ),
    _kind("javascript", "display(Javascript('1 + 1'))"),
    _kind(
        "clear-between-updates",
        """
        for i in range(4):
            clear_output(wait=i % 2 == 0)
            print('step', i)
            display(HTML(str(i)))
    """,
    ),
    _kind("last-result-is-kept", "_before = 1\n{'a': 1}", probe="(_, Out[max(Out)] is _)"),
    _kind("none-as-result", "print('x')\nNone", probe="_", setup="5"),
    _kind("result-with-semicolon", "print('x')\n41;", probe="_", setup="6"),
    _kind("result-by-hand", "get_ipython().displayhook(5)\nprint('between')\n6", probe="(_, __)"),
    _kind(
        "every-expression-is-a-result",
        "1\nRich()\n3",
        setup="get_ipython().ast_node_interactivity = 'all'",
        probe="(_, type(__).__name__, ___, setattr(get_ipython(), 'ast_node_interactivity', 'last_expr'))",
    ),
    _kind(
        "progress-bar-on-stdout",
        "for i in tqdm(range(3), file=sys.stdout, mininterval=0, ncols=40, bar_format='{n}'): pass",
        setup="from tqdm import tqdm",
        needs=("tqdm",),
    ),
    _kind(
        "progress-bar-with-text",
        """
        for i in tqdm(range(3), mininterval=0, ncols=40, bar_format='{n}'):
            tqdm.write(f'at {i}')
            print('plain', i)
    """,
        setup="from tqdm import tqdm",
        needs=("tqdm",),
    ),
    _kind(
        "display-with-await",
        """
        for i in range(3):
            await asyncio.sleep(0.01)
            display(HTML(str(i)))
            print(i)
        i
    """,
        probe="_",
    ),
    _kind(
        "tasks-of-the-cell",
        """
        async def say(i):
            await asyncio.sleep(0.02 * i)
            print('task', i)
        done = await asyncio.gather(*[say(i) for i in range(3)])
    """,
    ),
    _kind("cell-within-the-cell", "inner = get_ipython().run_cell('print(1)\\n2')\nprint('outer')", probe="_"),
    _kind("nothing", "quiet = 1"),
    _kind(
        "printed-traceback",
        "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(repr(e), file=sys.stderr)",
    ),
    _kind(
        "rich-console",
        "Console(force_terminal=True).print('[bold]x[/bold]')\nrich_print('[red]y')",
        setup="from rich.console import Console\nfrom rich import print as rich_print",
        needs=("rich",),
    ),
]

#: cell and a word of the reason why it is not kept
REFUSED: list[tuple[str, str, str]] = [
    ("widget", "import ipywidgets\nw = ipywidgets.IntSlider()\nw", "widget"),
    ("widget-of-an-earlier-cell", "display(old_widget)", "widget"),
    ("widget-that-changes", "old_widget.value = old_widget.value + 1", "widget"),
    ("notebook-progress-bar", "from tqdm.notebook import tqdm as bar\nfor i in bar(range(2)): pass", "widget"),
    ("shown-error", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()", "error"),
    ("failing-repr", "class Bad:\n    def _repr_html_(self): raise ValueError('no')\ndisplay(Bad())", "error"),
    ("pager", "len?", "pager"),
    ("next-cell", "get_ipython().set_next_input('x = 1')", "pager"),
    ("huge-integer", "display(JSON({'n': 2 ** 70}))", "64 bits"),
    ("own-message", "k = get_ipython().kernel\nk.send_response(k.iopub_socket, 'data_pub', {})", "data_pub"),
]
