"""identity.py < YAML: which object the one document is, as JSON; fails where it is none.

Only what names the object is read, and every scalar is read as the text that it is: the object itself goes to the API
server as it came, and it is the API server that says what the YAML means.
"""
import json
import sys

import yaml

documents = [document for document in yaml.load_all(sys.stdin, Loader=yaml.BaseLoader) if document]
if len(documents) != 1 or not isinstance(documents[0], dict):
    sys.exit("expected one object, found %d documents" % len(documents))
document = documents[0]
metadata = document.get("metadata")
if not isinstance(metadata, dict):
    sys.exit("metadata is missing")
found = {}
for field, value in (("apiVersion", document.get("apiVersion")), ("kind", document.get("kind")),
                     ("namespace", metadata.get("namespace", "")), ("name", metadata.get("name", ""))):
    if not isinstance(value, str):
        sys.exit("%s is missing or is no text" % field)
    found[field] = value
json.dump(found, sys.stdout)
