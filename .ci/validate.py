# SPDX-FileCopyrightText: 2026 The Communs authors
# SPDX-License-Identifier: EUPL-1.2
"""Holds what a running instance gives to others against their standards, with programs that are not ours.

    validate.py ADDRESS [SHAPES.ttl…]

OpenAPI 3.1 by openapi-spec-validator, and what the API answers by the schemas that it describes; JSON-LD of the pages and the DCAT catalogue by
rdflib; DCAT-AP by its SHACL shapes with pyshacl, where they are given (github.com/SEMICeu/DCAT-AP, releases/*/…shapes.ttl, …range.ttl); Atom by
feedparser; publiccode.yml by PyYAML. Prints what is wrong; exit code 1 when anything is.
"""
import json
import re
import sys
import urllib.request

import feedparser
import yaml
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pyshacl import validate
from rdflib import Graph, URIRef
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SHACL = "http://www.w3.org/ns/shacl#"
site, shapes = sys.argv[1].rstrip("/"), sys.argv[2:]
faults = 0


def wrong(where, what):
    global faults
    faults += 1
    print(f"✗ {where}: {what}")


def get(path):
    with urllib.request.urlopen(site + path, timeout=60) as answer:
        return answer.read()


def listed(kind):
    """Ids of some records of a kind."""
    page = json.loads(get(f"/api/v1/{kind}?n=20"))
    return [record["id"] for record in next(v for v in page.values() if isinstance(v, list))]


def openapi():
    spec = json.loads(get("/api/v1/openapi.json"))
    for error in OpenAPIV31SpecValidator(spec).iter_errors():
        wrong("openapi.json", str(error)[:300])
    registry = Registry().with_resource("urn:openapi", Resource(spec, DRAFT202012))
    answers = 0
    for path, item in spec["paths"].items():
        content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        parts = path.split("/")
        if not schema or path.startswith(("/api/v1/search", "/api/v1/similar", "/api/v1/blocks", "/api/v1/repositories")):
            continue  # they need an index
        paths = [path] if "{" not in path else [path.replace("{id}", i) for i in listed(parts[3])] if path.endswith("/{id}") else []
        validator = OAS31Validator(json.loads(json.dumps(schema).replace('"#/', '"urn:openapi#/')), registry=registry)
        for one in paths:
            answers += 1
            for error in validator.iter_errors(json.loads(get(one))):
                wrong(one, f"{list(error.absolute_path)}: {error.message[:200]}")
    print(f"  OpenAPI {spec['openapi']}: {len(spec['paths'])} paths, {answers} answers")


def dcat():
    graph = Graph().parse(data=get("/api/v1/dcat.jsonld"), format="json-ld", publicID=site + "/api/v1/dcat.jsonld")
    print(f"  DCAT: {len(graph)} triples")
    for name in shapes:
        # RDFS entailment says that each thing is an rdfs:Resource, which some shapes ask for
        _, report, _ = validate(graph, shacl_graph=Graph().parse(name), inference="rdfs", advanced=True)
        for result in report.subjects(URIRef(SHACL + "resultSeverity"), URIRef(SHACL + "Violation")):
            told = [report.value(result, URIRef(SHACL + part)) for part in ("focusNode", "resultPath", "value", "resultMessage")]
            wrong("dcat.jsonld", " · ".join(str(t) for t in told if t is not None))
        print(f"  DCAT-AP: {name}")


def linked():
    pages = ["/"] + ["/logiciels/" + i for i in listed("software")] + ["/prestataires/" + i for i in listed("organisations")]
    triples = 0
    for page in pages:
        for text in re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', get(page).decode(), re.S):
            said = json.loads(text)
            if said.get("@context") != "https://schema.org":
                wrong(page, f"another context: {said.get('@context')}")
            said["@context"] = {"@vocab": "https://schema.org/"}  # what schema.org's own context says, without asking for it
            n = len(Graph().parse(data=json.dumps(said), format="json-ld", publicID=site + page))
            triples += n
            if n < 3:
                wrong(page, "JSON-LD that says nothing")
    print(f"  JSON-LD: {len(pages)} pages, {triples} triples")


def feeds():
    paths = ["/flux/tout.atom"] + [f"/flux/{below}/{i}.atom" for below, kind in (("besoins", "needs"), ("logiciels", "software"), ("prestataires", "organisations"),
                                                                          ("demandes", "requests")) for i in listed(kind)]
    for path in paths:
        feed = feedparser.parse(get(path))
        if feed.bozo or feed.version != "atom10":
            wrong(path, f"{feed.version} {feed.get('bozo_exception')}")
        for part in [feed.feed, *feed.entries]:
            if not all(part.get(field) for field in ("id", "title", "updated")):
                wrong(path, f"{part.get('id')} lacks an id, a title or a date")
    print(f"  Atom: {len(paths)} feeds")


def descriptors():
    ids = listed("software")
    for i in ids:
        text = get(f"/logiciels/{i}/publiccode.yml").decode()
        said, admitted = yaml.safe_load(text), re.findall(r"(?m)^# - « ([\w.]+) » manque", text)  # what nobody knows yet
        for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation"):
            if not said.get(key) and key not in admitted:
                wrong(f"/logiciels/{i}/publiccode.yml", f"no {key}")
    print(f"  publiccode.yml: {len(ids)}")


for check in (openapi, dcat, linked, feeds, descriptors):
    check()
sys.exit(1 if faults else 0)
