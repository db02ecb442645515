"""Resolve a set of targets with Portage's own resolver and write the result as JSON.

    python3 portage_plan.py --output FILE < request.json

The request is {"targets": ["@world", "=cat/pkg-1"], "options": ["--emptytree"], "keep_going": false}.
Exactly one JSON document (`Plan` of src/contract/plan.ts) is written to FILE, so that nothing Portage
prints can corrupt it. Progress goes to standard error, one JSON object a line. Whatever Portage
refuses or trips over becomes a problem in the plan; the exit status is 0 whenever FILE was written.

Runs with the Python and the environment of the Portage it asks, 3.0.60 or later. Reads only: no
configuration, world file or installed package is changed, as with `emerge --pretend`.
"""

import json
import os
import shlex
import sys
import tempfile

from plan_finding import crash


def main(argv):
    if len(argv) != 3 or argv[1] != "--output":
        sys.stderr.write("usage: portage_plan.py --output FILE < request.json\n")
        return 2
    write_document(argv[2], answer(json.load(sys.stdin)))
    return 0


def answer(request):
    """The plan for a request; never an exception."""
    targets, options = request.get("targets", []), request.get("options", [])
    plan = {
        "format": 1,
        "portage_version": "unknown",
        "command": shlex.join(["emerge", "--pretend", *options, *targets]),
        "targets": targets,
        "success": False,
        "nodes": [],
        "edges": [],
        "merge_order": [],
        "circular": None,
        "problems": [],
    }
    try:
        import portage

        plan["portage_version"] = portage.VERSION
        from plan_search import make_plan

        plan.update(make_plan(targets, options, bool(request.get("keep_going")), say_progress))
    except (Exception, SystemExit) as error:  # Portage raises SystemExit from deep inside, too
        plan["problems"] = [crash(error)]
    return plan


def say_progress(step, detail):
    # sys.stderr is replaced while Portage runs; this one is always the process's own.
    print(json.dumps({"progress": step, "detail": detail}), file=sys.__stderr__, flush=True)


def write_document(path, document):
    """Written whole or not at all: the reader may look at any time."""
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(document, file)
    os.replace(temporary, path)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
