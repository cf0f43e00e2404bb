# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2
"""Prints, for each file named on standard input, the definitions that an independent parser sees:

    {"path": …, "lang": …, "defs": [[kind, name, first line, last line], …]}

What a parser refuses is left out. docs/splitting.md lists the packages that it needs.
    .sql          pglast (PostgreSQL's own parser)
    .css .scss    tree-sitter-css, tree-sitter-language-pack (SCSS)
    .yml .yaml    PyYAML
    .toml         tree-sitter-toml
    .mk Makefile  tree-sitter-make
"""
import json
import re
import sys


def sql(source):
    import pglast
    from pglast import enums, parser

    # psql's own commands and data are no SQL: they become comments
    lines, data = [], False
    for line in source.split("\n"):
        if data:
            data = line != "\\."
            line = "--" + line[2:]
        elif line.startswith("\\"):
            line = "--" + line[2:]
        elif line.upper().startswith("COPY ") and "stdin" in line.lower():
            data = True
        lines.append(line)
    source = "\n".join(lines)
    raw = source.encode()
    defs, refused = [], 0
    for part in parser.split(source, with_parser=False, only_slices=True):
        text = source[part]
        try:
            statement = pglast.parse_sql(text)[0].stmt
        except parser.ParseError:
            refused += 1
            if "create" in text.lower():
                return None
            continue
        found = made(statement, enums)
        if not found:
            continue
        spelled = re.search(r"(?<!\w)" + re.escape(found[1]) + r"(?!\w)", text, re.I)  # PostgreSQL folds names
        head = re.search(r"(?im)^\s*create\b|;\s*create\b|\*/\s*create\b", text)
        start = part.start + (head.end() - 6 if head else 0)
        stop = part.stop
        while stop < len(source) and source[stop] != ";":
            stop += 1
        defs.append([found[0], spelled.group() if spelled else found[1], source.count("\n", 0, start) + 1, source.count("\n", 0, stop) + 1])
    return defs


def made(s, enums):
    last = lambda names: names[-1].sval
    t = type(s).__name__
    if t in ("CreateStmt", "CreateForeignTableStmt"):
        return "struct", (s.relation if t == "CreateStmt" else s.base.relation).relname
    if t == "CreateTableAsStmt":
        return "struct", s.into.rel.relname
    if t == "ViewStmt":
        return "struct", s.view.relname
    if t == "CreateFunctionStmt":
        return "procedure" if s.is_procedure else "function", last(s.funcname)
    if t == "CreateTrigStmt" or t == "CreateEventTrigStmt":
        return "procedure", s.trigname
    if t == "IndexStmt" and s.idxname:
        return "section", s.idxname
    if t == "CreateSeqStmt":
        return "section", s.sequence.relname
    if t == "CreateSchemaStmt" and s.schemaname:
        return "module", s.schemaname
    if t == "CreateEnumStmt":
        return "enum", last(s.typeName)
    if t in ("CompositeTypeStmt",):
        return "struct", s.typevar.relname
    if t == "CreateRangeStmt":
        return "struct", last(s.typeName)
    if t == "CreateDomainStmt":
        return "type", last(s.domainname)
    if t == "CreateExtensionStmt":
        return "section", s.extname
    if t == "CreatePolicyStmt":
        return "section", s.policy_name
    if t == "RuleStmt":
        return "rule", s.rulename
    if t == "DefineStmt":
        kinds = enums.ObjectType
        if s.kind == kinds.OBJECT_AGGREGATE:
            return "function", last(s.defnames)
        if s.kind == kinds.OBJECT_TYPE:
            return ("struct" if s.definition else "type"), last(s.defnames)
        return "section", last(s.defnames)
    for kind, field in (
        ("CreateOpClassStmt", "opclassname"),
        ("CreateOpFamilyStmt", "opfamilyname"),
        ("CreateConversionStmt", "conversion_name"),
        ("CreateStatsStmt", "defnames"),
    ):
        if t == kind and getattr(s, field):
            return "section", last(getattr(s, field))
    for kind, field in (
        ("CreateFdwStmt", "fdwname"),
        ("CreateForeignServerStmt", "servername"),
        ("CreatePublicationStmt", "pubname"),
        ("CreateSubscriptionStmt", "subname"),
        ("CreatePLangStmt", "plname"),
    ):
        if t == kind:
            return "section", getattr(s, field)
    if t == "CreatedbStmt":
        return "module", s.dbname
    return None


PARSERS = {".sql": ("SQL", sql)}


def main():
    for path in sys.stdin.read().split("\n"):
        dot = path[path.rfind("/") + 1 :]
        found = PARSERS.get(dot[dot.rfind(".") :] if "." in dot else dot)
        if not found:
            continue
        try:
            source = open(path, newline="").read()
        except (OSError, UnicodeDecodeError):
            continue
        defs = None
        try:
            defs = found[1](source)
        except Exception as refused:  # each parser has its own errors
            print(path, refused, file=sys.stderr)
        if defs is not None:
            print(json.dumps({"path": path, "lang": found[0], "defs": defs}))


if __name__ == "__main__":
    main()
