"""Gathers AWS's Signature Version 4 test suite into one file.

Usage: collect_suite.py DIRECTORY > aws-sigv4-suite.json, where DIRECTORY holds one folder per case.
"""
import json
import pathlib
import sys

suite = {}
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    case = {}
    for file in sorted(folder.iterdir()):
        text = file.read_bytes().decode("utf-8")
        case[file.stem] = json.loads(text) if file.suffix == ".json" else text
    suite[folder.name] = case
json.dump(suite, sys.stdout, indent=1, ensure_ascii=True)
print()
