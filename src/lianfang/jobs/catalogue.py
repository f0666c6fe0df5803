"""Message catalogues: .po, which people write, to .mo, which gettext reads. The work of msgfmt without needing it.

The format of .mo is described in the GNU gettext manual, "The Format of GNU MO Files". The build hook runs this file
before the product's own dependencies exist, so it imports the standard library only.
"""

from __future__ import annotations

import ast
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_MAGIC = 0x950412DE
_KEYWORD = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d+)\])?)\s+(".*")\s*$')


class MalformedCatalogue(ValueError):
    """A .po file cannot be read; the text names file and line."""

    code = "catalogue.malformed"


def compile_all(folder: Path) -> list[Path]:
    """Compile every .po below `folder` whose .mo is absent or older; returns the written .mo files."""
    written = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        compiled = compile_text(source.read_text(encoding="utf-8"), name=str(source))
        # Several workers may start at once: a reader must never see half a file.
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        unfinished.write_bytes(compiled)
        unfinished.replace(target)
        written.append(target)
    return written


def compile_text(text: str, *, name: str = "catalogue") -> bytes:
    """The .mo for the text of a .po. Fuzzy, obsolete and untranslated entries are left out, as msgfmt does."""
    messages = dict(_messages(text, name))
    keys = sorted(messages)
    # Header of seven words, the table of ids, the table of translations, then the texts, each closed by NUL.
    table, offset = [], 28 + 16 * len(keys)
    for strings in (keys, [messages[key] for key in keys]):
        for string in strings:
            table.append(struct.pack("<II", len(string), offset))
            offset += len(string) + 1
    header = struct.pack("<7I", _MAGIC, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    body = b"".join(key + b"\0" for key in keys) + b"".join(messages[key] + b"\0" for key in keys)
    return header + b"".join(table) + body


def _messages(text: str, name: str) -> Iterator[tuple[bytes, bytes]]:
    for block in _entries(text, name):
        forms = [form for key, form in sorted(block.items()) if key.startswith("msgstr")]
        if "fuzzy" in block or "msgid" not in block or not all(forms):
            continue
        key = block["msgid"] + (f"\0{block['msgid_plural']}" if "msgid_plural" in block else "")
        if "msgctxt" in block:
            key = f"{block['msgctxt']}\x04{key}"
        yield key.encode(), "\0".join(forms).encode()


def _entries(text: str, name: str) -> Iterator[dict[str, str]]:
    """Each entry as a mapping of its keywords (`msgstr[1]` is one) to their texts; a `fuzzy` key marks a fuzzy one."""
    entry: dict[str, str] = {}
    current = ""
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#") or not line:
            if any(key.startswith("msgstr") for key in entry):
                yield entry
                entry = {}
            if line.startswith("#,") and "fuzzy" in line:
                entry["fuzzy"] = ""
            current = ""
            continue
        match = _KEYWORD.match(line)
        if match:
            current = match[1]
            if current in {"msgctxt", "msgid"} and any(key.startswith("msgstr") for key in entry):
                yield entry
                entry = {}
            entry[current] = ""
        quoted = match[3] if match else line
        if not current or not (quoted.startswith('"') and quoted.endswith('"')):
            raise MalformedCatalogue(f"{name}, line {number}: not a line of a catalogue: {line[:60]}")
        try:
            entry[current] += str(ast.literal_eval(quoted))
        except (SyntaxError, ValueError):
            raise MalformedCatalogue(f"{name}, line {number}: the quotes or escapes are broken: {line[:60]}") from None
    if any(key.startswith("msgstr") for key in entry):
        yield entry


if __name__ == "__main__":
    compile_all(Path(__file__).resolve().parents[1])
