#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2
"""Print the definitions that tree-sitter sees in files, one JSON object a file.

usage: treesitter.py LANGUAGE FILE-OR-FOLDER… > oracle.jsonl
       treesitter.py --outline LANGUAGE FILE

The second form prints the outline that a golden file below testdata/split holds.

A definition is [kind, name, start, signature, end], lines from 1: start is the first line of its comment and attributes,
signature the first line after them. "error" tells that tree-sitter itself could not read the whole file.
docs/splitting.md says what counts as a definition, and how to install the grammars.
"""
import hashlib
import importlib
import json
import os
import re
import sys

import tree_sitter

GRAMMARS = {
    "java": ("tree_sitter_java", "language", ".java"),
    "c": ("tree_sitter_c", "language", ".c .h"),
    "cpp": ("tree_sitter_cpp", "language", ".cc .cpp .cxx .h .hpp .hh"),
    "rust": ("tree_sitter_rust", "language", ".rs"),
    "php": ("tree_sitter_php", "language_php", ".php"),
    "cs": ("tree_sitter_c_sharp", "language", ".cs"),
    "kt": ("tree_sitter_kotlin", "language", ".kt .kts"),
    "js": ("tree_sitter_javascript", "language", ".js .jsx .mjs .cjs"),
    "ts": ("tree_sitter_typescript", "language_typescript", ".ts .mts .cts"),
    "tsx": ("tree_sitter_typescript", "language_tsx", ".tsx"),
    "html": ("tree_sitter_html", "language", ".html .htm"),
    "vue": ("tree_sitter_html", "language", ".vue"),
    "svelte": ("tree_sitter_html", "language", ".svelte"),
    "py": ("tree_sitter_python", "language", ".py"),
}

# What a node of each type defines. Those that need a look inside stand in the functions below.
SIMPLE = {
    "java": {
        "method_declaration": "method", "constructor_declaration": "method", "compact_constructor_declaration": "method",
        "annotation_type_element_declaration": "method", "class_declaration": "class", "interface_declaration": "interface",
        "enum_declaration": "enum", "record_declaration": "class", "annotation_type_declaration": "interface",
    },
    "c": {"function_definition": "function", "preproc_function_def": "function"},
    "cpp": {
        "function_definition": "function", "preproc_function_def": "function", "namespace_definition": "module",
        "concept_definition": "type",
    },
    "rust": {
        "function_item": "function", "function_signature_item": "function", "struct_item": "struct", "enum_item": "enum",
        "union_item": "struct", "trait_item": "trait", "impl_item": "class", "mod_item": "module",
        "macro_definition": "function", "type_item": "type", "associated_type": "type",
    },
    "php": {
        "function_definition": "function", "method_declaration": "method", "class_declaration": "class",
        "interface_declaration": "interface", "trait_declaration": "trait", "enum_declaration": "enum",
        "namespace_definition": "module",
    },
    "cs": {
        "class_declaration": "class", "struct_declaration": "struct", "interface_declaration": "interface",
        "enum_declaration": "enum", "record_declaration": "class", "delegate_declaration": "type",
        "method_declaration": "method", "constructor_declaration": "method", "destructor_declaration": "method",
        "operator_declaration": "method", "conversion_operator_declaration": "method",
        "local_function_statement": "function", "property_declaration": "method", "indexer_declaration": "method",
        "event_declaration": "method", "namespace_declaration": "module",
    },
    "kt": {
        "function_declaration": "function", "class_declaration": "class", "object_declaration": "class",
        "companion_object": "class", "secondary_constructor": "method", "type_alias": "type",
        "property_declaration": "method",
    },
    "py": {"function_definition": "function", "class_definition": "class"},
    "js": {
        "function_declaration": "function", "generator_function_declaration": "function", "class_declaration": "class",
        "method_definition": "method",
    },
}
SIMPLE["ts"] = SIMPLE["js"] | {
    "interface_declaration": "interface", "type_alias_declaration": "type", "enum_declaration": "enum",
    "internal_module": "module", "module": "module", "function_signature": "function",
    "abstract_method_signature": "method", "method_signature": "method", "abstract_class_declaration": "class",
}
SIMPLE["tsx"] = SIMPLE["ts"]

WRAPPERS = {"export_statement", "ambient_declaration", "template_declaration", "decorated_definition", "annotated_expression",
            "friend_declaration", "linkage_specification"}
DECLARATIONS = {"declaration", "field_declaration", "type_definition"}
COMMENTS = {"comment", "line_comment", "block_comment", "multiline_comment"}
ATTRIBUTES = {"attribute_item", "decorator", "annotation", "marker_annotation", "attribute_list", "annotated_expression",
              "modifiers", "attribute_declaration", "attribute_group"}
FUNCTION_VALUES = {"arrow_function", "function_expression", "generator_function", "function"}


def text(node):
    return node.text.decode("utf-8", "replace") if node is not None else ""


def field(node, name):
    return node.child_by_field_name(name)


def declarator_name(node):
    """The name that a C or C++ declarator declares."""
    while node is not None:
        inner = field(node, "declarator")
        if inner is None and node.type in ("reference_declarator", "parenthesized_declarator", "attributed_declarator"):
            inner = next((c for c in node.named_children if c.type not in COMMENTS), None)
        if node.type == "operator_cast":
            return re.sub(r"\s+", " ", text(node).split("(")[0]).strip()
        if inner is None:
            break
        node = inner
    while node is not None and node.type == "qualified_identifier":
        node = field(node, "name")
    if node is not None and node.type in ("template_function", "template_method"):
        node = field(node, "name")
    return re.sub(r"\s+", " ", text(node)) if node is not None else ""


def rust_impl(node):
    node = field(node, "type")
    while node is not None and node.type in ("generic_type", "scoped_type_identifier", "reference_type", "pointer_type"):
        node = field(node, "name") if node.type == "scoped_type_identifier" else field(node, "type")
    return text(node)


def value_kind(value, kind):
    """What a name becomes that gets this value in JavaScript."""
    while value is not None and value.type in ("parenthesized_expression", "as_expression", "satisfies_expression"):
        if value.type == "parenthesized_expression":
            return None
        value = value.named_children[0]
    if value is None:
        return None
    if value.type in FUNCTION_VALUES:
        return kind
    return "class" if value.type == "class" else None


def property_name(node):
    if node is None:
        return ""
    if node.type == "string":
        return text(node)[1:-1]
    return text(node)


def script(node):
    """kind, name, node to take the lines from."""
    t = node.type
    if t == "variable_declarator":
        kind = value_kind(field(node, "value"), "function")
        if kind:
            first = node.parent
            declarators = [c for c in first.named_children if c.type == "variable_declarator"]
            return kind, text(field(node, "name")), first if len(declarators) == 1 else node
    elif t == "assignment_expression":
        right = field(node, "right")
        kind = value_kind(right, "function")
        left = field(node, "left")
        if kind and left is not None:
            if left.type == "member_expression":
                name = text(field(left, "property"))
            elif left.type == "subscript_expression":
                index = field(left, "index")
                name = text(index).strip("\"'")
            else:
                name = text(left)
            own = field(right, "name")
            if own is not None and name == "exports":
                name = text(own)
            top = node
            while top.parent is not None and top.parent.type == "assignment_expression":
                top = top.parent
            if top.parent is not None and top.parent.type == "expression_statement":
                top = top.parent
            return kind, name, top
    elif t == "pair":
        kind = value_kind(field(node, "value"), "method")
        if kind:
            return kind, property_name(field(node, "key")), node
    elif t in ("field_definition", "public_field_definition"):
        kind = value_kind(field(node, "value"), "method")
        if kind:
            return kind, property_name(field(node, "property") or field(node, "name")), node
    elif t == "export_statement":
        value = field(node, "value")
        kind = value_kind(value, "function")
        if kind:
            return kind, text(field(value, "name")) or "default", node
        declaration = field(node, "declaration")
        if declaration is not None and field(declaration, "name") is None and declaration.type in (
                "function_declaration", "class_declaration", "generator_function_declaration"):
            return "function" if "function" in declaration.type else "class", "default", node
    elif t == "ambient_declaration":
        if any(c.type == "global" for c in node.children):
            return "module", "global", node
    elif t == "method_signature" and node.parent.type != "class_body":
        return None  # a member of an interface or of an object type
    elif t in SIMPLE["ts"]:
        name = field(node, "name")
        if name is None:
            return None
        return SIMPLE["ts"][t], property_name(name), node
    return None


def c_family(lang, node):
    t = node.type
    if t in ("struct_specifier", "union_specifier", "enum_specifier", "class_specifier"):
        if field(node, "body") is None:
            return None
        kind = {"s": "struct", "u": "struct", "e": "enum", "c": "class"}[t[0]]
        outer = node
        if node.parent is not None and node.parent.type == "type_definition":
            outer = node.parent
        name = field(node, "name")
        if name is None:
            if outer is node:
                return None
            return kind, declarator_name(field(outer, "declarator")), outer
        while name.type == "qualified_identifier":
            name = field(name, "name")
        if name.type == "template_type":
            name = field(name, "name")
        return kind, text(name), outer
    kind = SIMPLE[lang].get(t)
    if kind is None:
        return None
    if t == "function_definition":
        return kind, declarator_name(field(node, "declarator")), node
    return kind, text(field(node, "name")), node


def definition(lang, node):
    """kind, name and the node that the lines come from, or None."""
    t = node.type
    if lang in ("js", "ts", "tsx"):
        return script(node)
    if lang in ("c", "cpp"):
        return c_family(lang, node)
    kind = SIMPLE[lang].get(t)
    if kind is None:
        return None
    name = text(field(node, "name"))
    if lang == "rust":
        if t == "impl_item":
            name = rust_impl(node)
        elif t == "mod_item" and field(node, "body") is None:
            return None
    elif lang == "php":
        if t == "namespace_definition" and field(node, "body") is None:
            return None
    elif lang == "cs":
        if t == "operator_declaration":
            name = "operator " + text(field(node, "operator"))
        elif t == "conversion_operator_declaration":
            name = "operator " + text(field(node, "type"))
        elif t == "destructor_declaration":
            name = "~" + name
        elif t == "indexer_declaration":
            name = "this"
        elif t == "record_declaration" and any(c.type == "struct" for c in node.children):
            kind = "struct"
    elif lang == "kt":
        if t == "secondary_constructor":
            name = "constructor"
        elif t == "companion_object":
            name = name or "Companion"
        elif t == "type_alias":
            name = name or next((text(c) for c in node.named_children if c.type == "identifier"), "")
        elif t == "property_declaration":
            if not any(c.type in ("getter", "setter") and any(d.type == "function_body" for d in c.named_children)
                       for c in node.named_children):
                return None
            inner = next((c for c in node.named_children if c.type == "variable_declaration"), None)
            name = text(inner.named_children[0]) if inner is not None else ""
        name = name.strip("`")
    return kind, name, node


def last_line(node):
    row, column = node.end_point
    return row + 1 if column > 0 else row


def lines_of(node, src_lines):
    """First line with comments and attributes, first line after the attributes, last line."""
    while node.parent is not None and node.parent.type in WRAPPERS and node.type != "export_statement":
        node = node.parent
    first = node
    start = node.start_point[0] + 1
    outer = node
    while outer.parent is not None and outer.parent.type in DECLARATIONS and outer.parent.start_byte == outer.start_byte:
        outer = outer.parent
    previous = outer.prev_sibling
    edge = start  # the line below what may belong to the definition
    while previous is not None and (previous.type in COMMENTS or previous.type in ATTRIBUTES or previous.type == "preproc_pragma"):
        if previous.type == "preproc_pragma":  # C#: it stands below the comment
            if last_line(previous) != edge - 1:
                break
            edge, previous = previous.start_point[0] + 1, previous.prev_sibling
            continue
        comment = previous.type in COMMENTS
        if comment and src_lines[previous.start_point[0]][:previous.start_point[1]].strip():
            before = previous.prev_sibling
            if before is None or before.type not in ATTRIBUTES or before.end_point[0] != previous.start_point[0]:
                break  # after code on its line
            previous = before
            continue
        if comment and last_line(previous) < edge - 1 or last_line(previous) > edge:
            break
        if edge != start and not previous.text.startswith(b"///"):
            break
        start = edge = previous.start_point[0] + 1
        previous = previous.prev_sibling
    signature = first
    while True:
        inner = next((c for c in signature.children if c.type not in COMMENTS), None)
        if inner is None:
            break
        if inner.type in ATTRIBUTES:
            rest = [c for c in inner.children if c.type not in ATTRIBUTES and c.type not in COMMENTS] if inner.type == "modifiers" else []
            if rest:
                signature = rest[0]
                break
            after = [c for c in signature.children if c.type not in ATTRIBUTES and c.type not in COMMENTS]
            if not after:
                break
            signature = after[0]
        elif inner.start_byte == signature.start_byte and signature.type in WRAPPERS:
            signature = inner
        else:
            break
    return start, signature.start_point[0] + 1, last_line(first)


def parser_of(lang):
    module, function, _ = GRAMMARS[lang]
    return tree_sitter.Parser(tree_sitter.Language(getattr(importlib.import_module(module), function)()))


def read_page(parser, lang, path):
    """The definitions of the scripts in a page."""
    with open(path, "rb") as f:
        src = f.read()
    found, error, stack = [], False, [parser.parse(src).root_node]
    while stack:
        node = stack.pop()
        stack.extend(node.children)
        if node.type != "script_element":
            continue
        start = text(next((c for c in node.children if c.type == "start_tag"), None)).lower()
        body = next((c for c in node.children if c.type == "raw_text"), None)
        if body is None or re.search(r"json|template|importmap|x-", start):
            continue
        script_lang = "ts" if re.search(r"lang=.?ts\b", start) else "tsx" if "tsx" in start else "js"
        inner = definitions(parser_of(script_lang), script_lang, body.text)
        error = error or inner[1]
        row = body.start_point[0]
        found += [[kind, name, *(line + row for line in lines)] for kind, name, *lines in inner[0]]
    return {"path": os.path.abspath(path), "lang": lang, "error": error, "defs": sorted(found, key=lambda d: d[2:])}


def read(parser, lang, path):
    if os.path.getsize(path) > 1 << 20:
        return None
    if lang in ("html", "vue", "svelte"):
        return read_page(parser, lang, path)
    with open(path, "rb") as f:
        found, error = definitions(parser, lang, f.read())
    return {"path": os.path.abspath(path), "lang": lang, "error": error, "defs": found}


def definitions(parser, lang, src):
    tree = parser.parse(src)
    src_lines = src.split(b"\n")
    found, stack = [], [tree.root_node]
    while stack:
        node = stack.pop()
        if node.is_named:
            d = definition(lang, node)
            if d is not None and d[1]:
                found.append([d[0], d[1], *lines_of(d[2], src_lines)])
        stack.extend(node.children)
    return sorted(found, key=lambda d: d[2:]), tree.root_node.has_error


TYPES = {"class", "interface", "enum", "struct", "trait", "type"}


def outline(found, src_lines):
    """The blocks of a file, as the golden files write them: definitions, and text between them."""
    rows, open_, covered = [], [], 0

    def text_rows(first, last):
        while first <= last and not src_lines[first - 1].strip():
            first += 1
        while first <= last and not src_lines[last - 1].strip():
            last -= 1
        if first <= last:
            rows.append(f"{first}-{last} text")

    seen = set()
    for kind, name, start, signature, end in sorted(found, key=lambda d: (d[2], -d[4])):
        if (start, end) in seen:
            continue
        seen.add((start, end))
        while open_ and open_[-1][1] < start:
            open_.pop()
        if not open_:
            text_rows(covered + 1, start - 1)
            covered = end
        if kind in ("function", "method"):
            kind = "method" if kind == "method" or open_ and open_[-1][0] in TYPES else "function"
        doc = f" (doc {signature - start})" if signature > start else ""
        rows.append("  " * len(open_) + f"{start}-{end} {kind} {name}{doc}")
        open_.append((kind, end))
    text_rows(covered + 1, len(src_lines))
    return "\n".join(rows) + "\n"


def minified(path):
    with open(path, "rb") as f:
        src = f.read()
    return len(src) > 200 * (src.count(b"\n") + 1)


def main():
    if sys.argv[1] == "--outline":
        with open(sys.argv[3], "rb") as f:
            src_lines = f.read().split(b"\n")
        print(outline(read(parser_of(sys.argv[2]), sys.argv[2], sys.argv[3])["defs"], src_lines), end="")
        return
    limit = int(os.environ.get("FILES", "0"))
    lang = sys.argv[1]
    extensions = GRAMMARS[lang][2]
    parser = parser_of(lang)
    paths = []
    for arg in sys.argv[2:]:
        if os.path.isfile(arg):
            paths.append(arg)
        for top, _, files in os.walk(arg):
            paths.extend(os.path.join(top, f) for f in files if f.endswith(tuple(extensions.split())))
    if limit:  # the same sample each time, of files that hold something
        paths = [p for p in paths if os.path.getsize(p) >= 1000 and not minified(p)]
        paths.sort(key=lambda p: hashlib.sha1(os.path.basename(p).encode()).digest())
        paths = paths[:limit]
    for path in sorted(paths):
        if os.path.islink(path):
            continue
        out = read(parser, lang, path)
        if out is not None:
            print(json.dumps(out))


if __name__ == "__main__":
    main()
