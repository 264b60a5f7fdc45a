"""Reading C well enough to measure it: words without comments, and where functions are.

Used by tools/sizes, tools/layers and tools/banned.  It does not preprocess: a macro is a word like any
other, which is what a reader sees too.
"""

import re
from pathlib import Path

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|[A-Za-z_]\w*|\d[\w\'.]*|\n|[^\s\w]',
    re.DOTALL)
SKIPPED = {"build", "node_modules", ".git"}


def files(roots, suffixes):
    """Files below the roots with one of the suffixes, in a fixed order."""
    found = []
    for root in roots:
        path = Path(root)
        if path.is_file():
            found.append(path)
            continue
        found += [p for p in sorted(path.rglob("*"))
                  if p.suffix in suffixes and p.is_file() and not SKIPPED & set(p.parts)]
    return found


def tokens(text):
    """(word, line) pairs; comments, preprocessor lines and line ends left out."""
    line, result, directive_line = 1, [], 0
    for match in TOKEN.finditer(text):
        word = match.group(0)
        fresh = not result or result[-1][1] != line
        if word == "#" and fresh and text[:match.start()].rpartition("\n")[2].strip() == "":
            directive_line = line
        if word == "\n" and directive_line == line and text[match.start() - 1] == "\\":
            directive_line = line + 1
        elif word != "\n" and directive_line != line and not word.startswith(("//", "/*")):
            result.append((word, line))
        line += word.count("\n")
    return result


class Function:
    """One function definition: its name, lines, parameters and the words of its body."""

    def __init__(self, name, first, last, parameters, body):
        self.name, self.first, self.last = name, first, last
        self.parameters, self.body = parameters, body

    @property
    def lines(self):
        return self.last - self.first + 1


def matching(words, start, opening, closing):
    """Index of the word that closes the bracket at `start`."""
    depth = 0
    for i in range(start, len(words)):
        if words[i][0] == opening:
            depth += 1
        elif words[i][0] == closing:
            depth -= 1
            if depth == 0:
                return i
    return len(words) - 1


def count_parameters(words):
    """Parameters between the brackets of a declaration, without the arena and the fail: what a function
    does is not in those two, and every one that allocates or fails carries them."""
    if not words or [w for w, _ in words] == ["void"]:
        return 0
    depth, parameters = 0, [[]]
    for word, _ in words:
        depth += word in "([{"
        depth -= word in ")]}"
        if word == "," and depth == 0:
            parameters.append([])
        else:
            parameters[-1].append(word)
    return sum(words[:3] not in (["struct", "arena", "*"], ["struct", "fail", "*"]) for words in parameters)


def functions(text):
    """Function definitions of one file, outermost only."""
    words, found, i, start = tokens(text), [], 0, 0
    while i < len(words):
        word = words[i][0]
        if word == ";":
            start = i + 1
        elif word == "{":
            end = matching(words, i, "{", "}")
            head = words[start:i]
            made = as_function(head, words[i:end + 1])
            if made:
                found.append(made)
            i, start = end, end + 1
        i += 1
    return found


def as_function(head, block):
    """A Function when `head` reads like `type name(parameters)`, else None."""
    names = [w for w, _ in head]
    if "(" not in names or "=" in names or names[-1] != ")":
        return None
    if "TEST" in names[:2]:
        name = names[names.index("(") + 1]
        return Function(name, head[0][1], block[-1][1], 0, block)
    open_at = names.index("(")
    if names[:2] == ["__attribute__", "("]:
        open_at = names.index("(", matching(head, 1, "(", ")"))
    if open_at == 0 or not re.match(r"[A-Za-z_]\w*$", names[open_at - 1]):
        return None
    close_at = matching(head, open_at, "(", ")")
    return Function(names[open_at - 1], head[0][1], block[-1][1],
                    count_parameters(head[open_at + 1:close_at]), block)
