#!/usr/bin/env python3
"""Writes src/Cms/Platform/Unicode/unicode.txt: what the server needs of the Unicode Character Database.

The runtime has no such tables of its own (InvariantGlobalization), and those of an ICU differ from machine to machine.
usage: extract.py FOLDER > src/Cms/Platform/Unicode/unicode.txt
FOLDER has UnicodeData.txt, DerivedNormalizationProps.txt, CaseFolding.txt and DerivedCoreProperties.txt of one version
(on Debian: the package unicode-data, /usr/share/unicode).
"""
import os
import re
import sys

folder = sys.argv[1]


def lines(name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                yield [part.strip() for part in line.split(";")]


def ranges(numbers):
    numbers = sorted(numbers)
    start = 0
    for i in range(1, len(numbers) + 1):
        if i == len(numbers) or numbers[i] != numbers[i - 1] + 1:
            yield numbers[start], numbers[i - 1]
            start = i


def span(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


with open(os.path.join(folder, "DerivedCoreProperties.txt"), encoding="utf-8") as file:
    version = re.search(r"-([0-9.]+)\.txt", file.readline()).group(1)

classes, canonical, compatible = {}, {}, {}
for fields in lines("UnicodeData.txt"):
    code = int(fields[0], 16)
    if fields[3] != "0":
        classes.setdefault(int(fields[3]), []).append(code)
    if fields[5]:
        parts = fields[5].split()
        if parts[0].startswith("<"):
            compatible[code] = parts[1:]
        else:
            canonical[code] = parts

excluded = {
    code
    for fields in lines("DerivedNormalizationProps.txt")
    if fields[1] == "Full_Composition_Exclusion"
    for code in span(fields[0])
}
invisible = [
    code
    for fields in lines("DerivedCoreProperties.txt")
    if fields[1] == "Default_Ignorable_Code_Point"
    for code in span(fields[0])
]

print(f"# From the Unicode Character Database {version}, by scripts/lib/unicode/extract.py.")
print("# Copyright (c) 1991-2022 Unicode, Inc. Unicode License v3: https://www.unicode.org/license.txt")
print("# D: canonical decomposition, which composes again. X: one that does not. K: compatibility decomposition.")
print("# C: canonical combining class, and who has it. F: case folding (C and F). I: default-ignorable.")
for code, parts in sorted(canonical.items()):
    print("X" if code in excluded else "D", f"{code:X}", *[f"{int(part, 16):X}" for part in parts])
for code, parts in sorted(compatible.items()):
    print("K", f"{code:X}", *[f"{int(part, 16):X}" for part in parts])
for number, members in sorted(classes.items()):
    print("C", f"{number:X}", *[f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ranges(members)])
for fields in lines("CaseFolding.txt"):
    if fields[1] in ("C", "F"):
        print("F", f"{int(fields[0], 16):X}", *[f"{int(part, 16):X}" for part in fields[2].split()])
print("I", *[f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ranges(invisible)])
