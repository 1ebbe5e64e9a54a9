"""Runs the blocks of a page in order, in the folder that is the working directory, as a reader would.

The blocks come as JSON on standard input: a list of {"language", "text", "line"}. Those of a shell share one shell, those of Python one
interpreter. A server and a call take a terminal of their own: they go on while the next block runs. input() answers with the id of the
last call.
"""

import builtins
import json
import os
import re
import subprocess
import sys
import time

LONG = re.compile(r"^(\w+=\S+ )*(bin/)?timbre (serve|call)\b")
ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Terminal:
    """A program that goes on while others run. What it says goes to a file."""

    def __init__(self, command, environment):
        self.name = f"terminal-{time.monotonic_ns()}"
        self.output = open(self.name, "wb")
        self.process = subprocess.Popen(
            ["bash", "-c", "exec " + command if "=" not in command.split()[0] else "exec env " + command],
            stdout=self.output, stderr=self.output, env=environment)

    def said(self):
        with open(self.name, "rb") as text:
            return text.read()

    def wait(self, what, pattern):
        for _ in range(600):
            found = re.findall(pattern, self.said())
            if found:
                return found[-1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"got no {what}, but: {self.said().decode(errors='replace')}")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=60)


class Page:
    def __init__(self):
        self.servers, self.calls, self.names = [], [], {"__name__": "page"}
        self.shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        builtins.input = lambda *_: self.calls[-1].wait("transaction id", ID.pattern).decode()

    def run(self, block):
        if block["language"] == "python":
            exec(compile("\n" * block["line"] + block["text"], "page", "exec"), self.names)
            return
        for command in commands(block["text"]):
            self.execute(command)

    def execute(self, command):
        if not LONG.match(command):
            self.say(command)
            return
        environment = dict(os.environ, **dict(line.split("=", 1) for line in self.say("env").splitlines() if re.match(r"\w+=", line)))
        if " serve" not in command.split("timbre", 1)[1]:
            self.calls.append(Terminal(command, environment))
            self.calls[-1].wait("transaction id", ID.pattern)
            return
        while self.servers:  # the reader ends one before the next
            self.servers.pop().end()
        self.servers.append(Terminal(command, environment))
        self.servers[-1].wait("line that says ready", rb"(?m)^ready$")

    def say(self, command):
        """Runs a command in the shell, and returns what it printed. It must succeed."""
        self.shell.stdin.write(f"{command}\necho \"<<$?>>\"\n".encode())
        self.shell.stdin.flush()
        said = b""
        while not (end := re.search(rb"<<(\d+)>>\n$", said)):
            if not (line := self.shell.stdout.readline()):
                sys.exit(f"the shell has ended after: {command}\n{said.decode(errors='replace')}")
            said += line
        text = said[: end.start()].decode(errors="replace")
        if end.group(1) != b"0":
            sys.exit(f"got status {end.group(1).decode()} of: {command}\n{text}")
        return text

    def close(self):
        for terminal in self.calls + self.servers:
            terminal.end()
        self.shell.stdin.close()
        self.shell.wait()


def commands(text):
    """The commands of a block: lines, where one that ends with a backslash or opens a here document goes on."""
    lines, out = iter(text.splitlines()), []
    for line in lines:
        while line.endswith("\\"):
            line += "\n" + next(lines)
        if here := re.search(r"<<'?(\w+)'?", line):
            while not line.endswith("\n" + here.group(1)):
                line += "\n" + next(lines)
        if line.strip() and not line.startswith("#"):
            out.append(line)
    return out


def main():
    page = Page()
    try:
        for block in json.load(sys.stdin):
            print(f"line {block['line']}", flush=True)
            page.run(block)
    finally:
        page.close()


main()
