# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2
"""Prints, for each file named on standard input, the definitions that an independent parser sees:

    {"path": …, "lang": …, "defs": [[kind, name, first line, last line], …]}

What a parser refuses is left out. docs/splitting.md lists the packages that it needs.
    .sql          pglast (PostgreSQL's own parser)
    .css          tree-sitter-css
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


def tree(language, source):
    """A tree without errors, or None."""
    import tree_sitter

    root = tree_sitter.Parser(tree_sitter.Language(language)).parse(source.encode()).root_node
    return None if root.has_error else root


def walk(node):
    yield node
    for child in node.children:
        yield from walk(child)


def lines(node):
    text = node.text.rstrip()
    first = node.start_point[0] + 1
    return first, first + text.count(b"\n")


def css(source):
    import tree_sitter_css

    root = tree(tree_sitter_css.language(), source)
    if root is None:
        return None
    defs = []
    for node in walk(root):
        block = next((c for c in node.children if c.type in ("block", "keyframe_block_list")), None)
        if block is None or node.type == "keyframe_block":
            continue
        head = node.text[: block.start_byte - node.start_byte].decode()
        name = " ".join(re.sub(r"(?s)/\*.*?\*/", " ", head).split())[:200]
        defs.append(["rule", name, *lines(node)])
    return defs


def yaml(source):
    import yaml

    text = source.split("\n")

    def end(node, column):
        n = node.end_mark.line + bool(text[node.end_mark.line : node.end_mark.line + 1] and text[node.end_mark.line][: node.end_mark.column].strip())
        while n > node.start_mark.line + 1:
            line = text[n - 1].strip()
            if line and not (line.startswith("#") and len(text[n - 1]) - len(text[n - 1].lstrip()) <= column) and line not in ("---", "..."):
                break
            n -= 1
        return n

    defs = []
    for node in yaml.compose_all(source, Loader=yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
        if isinstance(node, yaml.SequenceNode) and not node.flow_style:
            for item in node.value:
                named = {k.value: v.value for k, v in item.value if isinstance(v, yaml.ScalarNode) and isinstance(k, yaml.ScalarNode)} if isinstance(item, yaml.MappingNode) else {}
                first = next((k.value for k, v in item.value if isinstance(k, yaml.ScalarNode)), "") if isinstance(item, yaml.MappingNode) else ""
                picked = [k for k in named if k in ("name", "id") and named[k]]
                at = item.start_mark
                last = end(item, node.start_mark.column)
                if isinstance(item, yaml.MappingNode) and not item.flow_style and last > at.line + 1:
                    defs.append(["section", named[picked[0]] if picked else first, at.line + 1, last])
            continue
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            continue
        top = {k.value: v for k, v in node.value if isinstance(k, yaml.ScalarNode)}
        for k, v in node.value:
            if not isinstance(k, yaml.ScalarNode):
                continue
            last = end(v, k.start_mark.column)
            if last > k.start_mark.line + 1:
                defs.append(["section", k.value, k.start_mark.line + 1, last])
            if isinstance(v, yaml.MappingNode) and not v.flow_style:
                for k2, v2 in v.value:
                    if not isinstance(k2, yaml.ScalarNode):
                        continue
                    last = end(v2, k2.start_mark.column)
                    if last > k2.start_mark.line + 1:
                        defs.append(["section", k2.value, k2.start_mark.line + 1, last])
        kind, meta = top.get("kind"), top.get("metadata")
        if isinstance(kind, yaml.ScalarNode) and isinstance(meta, yaml.MappingNode):
            name = next((v.value for k, v in meta.value if k.value == "name"), "")
            if name and kind.value:
                at = node.start_mark.line + 1
                defs.append(["section", f"{kind.value}/{name}", at, end(node, node.start_mark.column)])
    defs.sort(key=lambda d: (d[2], -d[3], "/" not in d[1]))
    return defs


def toml(source):
    import tree_sitter_toml

    root = tree(tree_sitter_toml.language(), source)
    if root is None:
        return None
    text, defs = source.split("\n"), []
    tables = [n for n in root.children if n.type in ("table", "table_array_element")]
    for node in tables:
        name = "".join(c.text.decode() for c in node.children if c.type.endswith("key"))
        defs.append(["section", name, node.start_point[0] + 1, 0])
    for i, d in enumerate(defs):
        n = defs[i + 1][2] - 1 if i + 1 < len(defs) else len(text)
        if i + 1 < len(defs):  # the comment just above the next table is that table's
            while n > d[2] and text[n - 1].strip().startswith("#"):
                n -= 1
        while n > d[2] and not text[n - 1].strip():
            n -= 1
        d[3] = n
    return defs


def make(source):
    import tree_sitter_make

    root = tree(tree_sitter_make.language(), source)
    if root is None:
        return None
    defs = []
    for node in walk(root):
        if node.type == "rule":
            targets = next((c for c in node.children if c.type == "targets"), None)
            if targets is None or any(c.type in ("variable_assignment",) for c in node.children):
                continue
            name = " ".join(targets.text.decode().replace("\\", " ").split())
            if not re.fullmatch(r"\.[A-Z_]{2,}", name):
                defs.append(["rule", name[:200], *lines(node)])
        elif node.type == "define_directive":
            name = node.child_by_field_name("name")
            if name is not None:
                defs.append(["function", name.text.decode(), *lines(node)])
    return defs


PARSERS = {
    ".sql": ("SQL", sql),
    ".css": ("CSS", css),
    ".yml": ("YAML", yaml),
    ".yaml": ("YAML", yaml),
    ".toml": ("TOML", toml),
    ".mk": ("Makefile", make),
    "Makefile": ("Makefile", make),
}


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
        if defs is not None:  # blocks with the same lines are one: the outermost, found first
            defs = list({(d[2], d[3]): d for d in reversed(defs)}.values())
            print(json.dumps({"path": path, "lang": found[0], "defs": defs}))


if __name__ == "__main__":
    main()
