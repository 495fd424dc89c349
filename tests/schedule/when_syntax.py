"""The grammar of `when` as a person reads it: a line of syntax for each way to write a form, and the words of a place.

The rules are read by lark's own grammar of grammars, so that nothing is told that the grammar does not say. Small
rules are written out where they are used; words in capitals are places that have an entry of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from lark import Lark, Token, Tree

from mailer.schedule.when_grammar import GRAMMAR, SAMPLES

Node = Tree[Token] | Token | None


class Grammar:
    """The rules and words of a grammar. `places` are the names under which some of them are shown, in capitals."""

    def __init__(self, places: Mapping[str, str], *, source: str = GRAMMAR) -> None:
        self._places = places
        self.rules: dict[str, Tree[Token]] = {}
        self.words: dict[str, str] = {}  # regular expressions, by the name of the word
        reader = Lark.open_from_package("lark", "lark.lark", ["grammars"], parser="lalr")
        for definition in reader.parse(f"{source}\n").children:
            if isinstance(definition, Tree) and definition.data in ("rule", "token"):
                name, *_, body = definition.children
                self._define(str(name).lstrip("?!"), body)

    def _define(self, name: str, body: Node) -> None:
        assert isinstance(body, Tree)
        if name.lstrip("_").isupper():
            patterns = [str(token) for token in body.scan_values(lambda token: isinstance(token, Token))]
            self.words[name] = "|".join(f"(?:{_bare(pattern)})" for pattern in patterns)
        else:
            self.rules[name] = body

    def lines(self, rule: str) -> list[str]:
        """The ways to write a rule, one line each."""
        return [self._sequence(branch) for branch in _branches(self.rules[rule])]

    def forms(self) -> list[str]:
        """The rules that are a whole line."""
        names = self.rules["start"].scan_values(lambda token: isinstance(token, Token))
        return [str(name) for name in names]

    def _sequence(self, node: Node) -> str:
        node = _unwrapped(node)
        parts = node.children if isinstance(node, Tree) and node.data == "expansion" else [node]
        shown = [self._part(part) for part in parts]
        return " ".join(part for part in shown if part)

    def _part(self, node: Node) -> str:
        operator = ""
        if isinstance(node, Tree) and node.data == "expr":
            operator = str(node.children[1] or "")
            node = _unwrapped(node.children[0])
        inner = self._one(node)
        match operator:
            case "?":
                return f"[{inner.strip('()')}]" if not inner.startswith("[") else inner
            case "*":
                return f"[{inner} …]"
            case "+":
                return f"{inner} …"
            case _:
                return inner

    def _one(self, node: Node) -> str:
        node = _unwrapped(node)
        if isinstance(node, Tree) and node.data == "name":
            return self._named(str(node.children[0]))
        branches = list(_branches(node))
        if len(branches) > 1:
            return f"({' | '.join(map(self._sequence, branches))})"
        return self._sequence(node)

    def _named(self, name: str) -> str:
        if name in self._places:
            return self._places[name]
        if name in self.words:
            return SAMPLES[name][0] if name in SAMPLES else words_of(self.words[name])[0]
        lines = self.lines(name)
        return lines[0] if len(lines) == 1 else f"({' | '.join(lines)})"


def words_of(pattern: str) -> list[str]:
    """Every word that a regular expression matches; branches that match endlessly many are left out."""
    return [word for branch in _split(pattern) for word in _spelt(branch) or ()]


def _spelt(branch: str) -> list[str] | None:
    """The words of one branch, or None where there is no end of them."""
    parts: list[list[str]] = []
    for atom, count in _atoms(branch):
        words = _atom(atom)
        if words is None or count in ("*", "+") or count.startswith("{"):
            return None
        parts.append(["", *words] if count == "?" else words)
    return ["".join(chosen) for chosen in product(*parts)]


def _atom(atom: str) -> list[str] | None:
    if atom.startswith(("(?!", "(?=")):
        return [""]
    if atom.startswith("("):
        inside = atom[3:-1] if atom.startswith("(?:") else atom[1:-1]
        return words_of(inside) or None
    if atom.startswith("["):
        characters = atom[1:-1].replace("\\/", "/")
        return None if re.search(r"[\\\w^]", characters) else list(characters)
    if re.fullmatch(r"\\[dwS]|\.", atom):
        return None
    return [{r"\b": "", r"\s": " "}.get(atom, atom.removeprefix("\\"))]


def _atoms(branch: str) -> Iterator[tuple[str, str]]:
    """The parts of a branch, each with what says how often it stands; blanks stand once."""
    at = 0
    while at < len(branch):
        end = _end(branch, at)
        count = re.compile(r"[?*+]|\{[\d,]+\}|").match(branch, end)
        assert count is not None
        atom = branch[at:end]
        yield atom, "" if atom == r"\s" else count[0]
        at = count.end()


def _end(text: str, at: int) -> int:
    if text[at] == "\\":
        return at + 2
    if text[at] == "[":
        return text.index("]", at) + 1
    if text[at] != "(":
        return at + 1
    depth = 0
    while True:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 2 if text[at] == "\\" else 1
        if depth == 0:
            return at


def _split(pattern: str) -> list[str]:
    """The branches of an alternation."""
    branches, at, start = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            branches.append(pattern[start:at])
            start = at = at + 1
        else:
            at = _end(pattern, at)
    return [*branches, pattern[start:]]


def _bare(literal: str) -> str:
    """A regular expression or text of the grammar without its quotes and flags."""
    return re.escape(literal.strip('"')) if literal.startswith('"') else literal.strip("i").strip("/")


def _branches(node: Node) -> Iterator[Node]:
    node = _unwrapped(node)
    if isinstance(node, Tree) and node.data == "expansions":
        yield from node.children
    else:
        yield node


def _unwrapped(node: Node) -> Node:
    """A node without the wrappers that hold nothing else: an alias, an expression that stands once."""
    while isinstance(node, Tree):
        alone = node.data == "expansions" and len(node.children) == 1
        if node.data != "alias" and not alone and (node.data != "expr" or node.children[1]):
            break
        node = node.children[0]
    return node
