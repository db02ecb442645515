"""Dependencies and targets that nothing satisfies: missing, masked, or with the wrong USE flags."""

import re

from _emerge.Package import Package
from plan_blame import blame, chain, label
from plan_finding import Finding, problem
from plan_graph import written
from plan_portage import captured
from portage.dep import match_from_list

CANDIDATE = re.compile(r"^- (?P<cpv>[^\s:]+)(?:::\S+)? ?(?:\((?P<why>.*)\)|USE=.*)?$")
SIMILAR = re.compile(r"Maybe you meant (?:any of these: )?(?P<names>.+)\?$", re.MULTILINE)


def unsatisfied(resolution):
    shown = {}
    for (root, atom), details in resolution.facts._unsatisfied_deps_for_display:
        parent = details.get("myparent")
        # An installed package with a dependency that is gone is a warning if the rest resolves.
        if not (resolution.ok and isinstance(parent, Package)):
            shown.setdefault((parent, atom), (root, details))
    if not shown:
        return []
    if not resolution.ok:
        explore(resolution)
    found = [explain(resolution, root, atom, parent, details) for (parent, atom), (root, details) in shown.items()]
    return found + beyond(resolution, shown)


def beyond(resolution, shown):
    """What else is unsatisfied for sure; where there is a choice, Portage might yet have made another one."""
    others = {(dep.parent, dep.atom): dep.root for dep in resolution.facts._unsatisfied_deps}
    found = [
        explain(resolution, root, atom, parent, {"myparent": parent})
        for (parent, atom), root in others.items()
        if (parent, atom) not in shown
    ]
    return [finding for finding in found if finding.sure and not finding.is_consequence]


def explore(resolution):
    """Have Portage walk the rest of the graph, past what stopped it.

    It stops at the first dependency that nothing satisfies; one walk to the end finds them all, and
    all the targets above them, which would otherwise cost a resolution each.
    """
    try:
        # Each call takes at least one package off the stacks of those to visit.
        while resolution.facts._dep_stack or resolution.facts._dep_disjunctive_stack:
            with captured():
                resolution.graph._create_graph(allow_unsatisfied=True)
    except Exception:  # a broken ebuild further on; what was found so far is worth having
        return


def missing_set_members(resolution):
    """Members of @world that Portage passes over: it warns and goes on, but they are not in the graph."""
    findings = []
    for arg, atom in resolution.facts._missing_args:
        parents = resolution.facts._parent_atoms.values()
        if not any((arg, atom) in parent_atoms for parent_atoms in parents):
            findings.append(explain(resolution, arg.root_config.root, atom, arg, {"myparent": arg}))
    return findings


def refused_targets(resolution, findings):
    """Portage stops at the first target that nothing satisfies; name the others of the kind at once."""
    graph, found = resolution.graph, []
    known = {name for finding in findings for name in finding.targets}
    for arg in graph._expand_set_args(resolution.facts._initial_arg_list):
        root = arg.root_config.root
        for atom in () if arg.internal else sorted(arg.pset.getAtoms(), key=str):
            if label(arg, atom) in known or is_provided(arg.root_config.settings, atom):
                continue
            if graph._select_pkg_highest_available(root, atom)[0] is None:
                found.append(explain(resolution, root, atom, arg, {"myparent": arg}))
    return [finding for finding in found if not finding.is_consequence and not finding.is_wanted]


def is_provided(settings, atom):
    provided = settings.pprovideddict.get(atom.cp)
    return bool(provided and match_from_list(atom, provided))


def explain(resolution, root, atom, parent, details):
    """Why nothing satisfies the atom, from what Portage would print about it."""
    with captured() as output:
        resolution.graph._show_unsatisfied_dep(root, atom, **details)
    text = output.getvalue()
    name = written(atom).replace("null/", "")
    required_by = chain(resolution.graph, parent, atom)
    needed = f", which {parent.cpv} needs," if isinstance(parent, Package) else ""
    candidates = read_candidates(text)
    if "has unmet requirements" in text:
        found = required_use(name, text, candidates, required_by)
    elif "(masked by: " in text:
        found = masked(name, needed, candidates, required_by)
    elif "(Change USE: " in text:
        found = use_flags_differ(name, needed, candidates, required_by)
    else:
        found = missing(name, needed, candidates, required_by, text)
    targets, sure = blame(resolution, [(parent, atom)])
    return Finding(found, targets, sure)


def read_candidates(text):
    matches = [CANDIDATE.match(line) for line in text.splitlines()]
    return [(match["cpv"], split_reasons(match["why"] or "")) for match in matches if match]


def split_reasons(why):
    if why.startswith("masked by: "):
        return [reason for reason in why[len("masked by: ") :].split(", ") if reason]
    # A USE change may come with a remark after a comma, which belongs to it.
    return [why] if why else []


def required_use(name, text, candidates, required_by):
    lines = [line.strip() for line in text.splitlines()]
    start = next((at for at, line in enumerate(lines) if "constraints are unsatisfied" in line), None)
    constraint = lines[start + 1] if start is not None and start + 1 < len(lines) else "REQUIRED_USE"
    cpv = candidates[0][0] if candidates else name
    return problem(
        "required_use",
        f"The USE flags of {cpv} do not meet its REQUIRED_USE: {constraint}.",
        [name],
        f"Set its USE flags in package.use so that this holds: {constraint}",
        [(candidate, [constraint]) for candidate, _ in candidates],
        required_by,
    )


def masked(name, needed, candidates, required_by):
    reasons = "; ".join(f"{cpv} ({', '.join(why)})" for cpv, why in candidates[:5])
    more = f" and {len(candidates) - 5} more" if len(candidates) > 5 else ""
    return problem(
        "masked",
        f"Everything that satisfies {name}{needed} is masked: {reasons}{more}.",
        [name],
        unmasking(candidates),
        candidates,
        required_by,
    )


def unmasking(candidates):
    """The configuration that lets the first candidate in; None where configuration cannot help."""
    for cpv, reasons in candidates:
        lines = [unmask_line(cpv, reason) for reason in reasons]
        if lines and None not in lines:
            return "\n".join(lines)
    return None


def unmask_line(cpv, reason):
    if reason == "package.mask":
        return f"# package.unmask\n={cpv}"
    if reason.endswith(" license(s)"):
        return f"# package.license\n={cpv} {reason[: -len(' license(s)')]}"
    if reason == "missing keyword" or (reason.endswith(" keyword") and reason.startswith("-")):
        return f"={cpv} **"
    if reason.endswith(" keyword"):
        return f"={cpv} {reason[: -len(' keyword')]}"
    return None


def use_flags_differ(name, needed, candidates, required_by):
    cpv, change = next((cpv, why[0]) for cpv, why in candidates if why and why[0].startswith("Change USE: "))
    flags = change[len("Change USE: ") :].split(",")[0].replace("+", "")
    return problem(
        "use_change",
        f'{name}{needed} asks for other USE flags: {cpv} has to be built with USE="{flags}".',
        [name],
        f">={cpv} {flags}",
        candidates,
        required_by,
    )


def missing(name, needed, candidates, required_by, text):
    kind = "binary package" if "no binary packages to satisfy" in text else "ebuild"
    similar = SIMILAR.search(text)
    return problem(
        "missing",
        f"No {kind} satisfies {name}{needed.rstrip(',')}.",
        [name],
        f"Did you mean {similar['names']}?" if similar else None,
        candidates,
        required_by,
    )
