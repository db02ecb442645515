"""Packages that cannot be together, and packages that need each other to be built."""

from _emerge.Package import Package
from _emerge.resolver.circular_dependency import circular_dependency_handler
from plan_blame import chain, nearest_targets, targets_above
from plan_finding import Finding, problem
from plan_graph import written


def slot_conflicts(resolution):
    return [slot_conflict(resolution, conflict) for conflict in resolution.facts._package_tracker.slot_conflicts()]


def slot_conflict(resolution, conflict):
    packages = list(conflict.pkgs)
    asking = {package: exclusive_atoms(resolution, package, packages) for package in packages}
    pairs = sorted((pair for pairs in asking.values() for pair in pairs), key=lambda pair: (str(pair[1]), str(pair[0])))
    wanted = [f"{package.cpv} ({'; '.join(asked(asking[package])) or 'nobody in particular'})" for package in packages]
    targets = nearest_targets(resolution, pairs or [(package, None) for package in packages])
    found = problem(
        "slot_conflict",
        f"{conflict.atom} is needed in {len(packages)} versions at once: {', '.join(wanted)}.",
        [written(atom) for _, atom in pairs] or [f"={package.cpv}" for package in packages],
        None,
        [(package.cpv, asked(asking[package])) for package in packages],
        [describe(parent) for parent, _ in pairs],
    )
    return Finding(found, targets, sure=False)


def exclusive_atoms(resolution, package, packages):
    """Who asks for this package in words that another member of the conflict does not meet."""
    pairs = resolution.facts._parent_atoms.get(package, ())
    others = [other for other in packages if other is not package]
    return [(parent, atom) for parent, atom in pairs if not all(atom.match(other) for other in others)]


def asked(pairs):
    return sorted(f"{written(atom)} by {describe(parent)}" for parent, atom in pairs)


def describe(parent):
    return str(parent.cpv) if isinstance(parent, Package) else str(parent)


def blockers(resolution):
    return [blocker_problem(resolution, x) for x in resolution.facts._unsatisfied_blockers_for_display or ()]


def blocker_problem(resolution, blocker):
    facts = resolution.facts
    blocked = sorted(facts._blocked_pkgs.child_nodes(blocker), key=str)
    parents = sorted(facts._blocker_parents.parent_nodes(blocker), key=str)
    by = ", ".join(str(parent.cpv) for parent in parents)
    targets = nearest_targets(resolution, [(package, None) for package in blocked])
    blocking = nearest_targets(resolution, [(package, None) for package in parents])
    found = problem(
        "blocker",
        f"{', '.join(str(package.cpv) for package in blocked)} cannot be installed beside {by} ({blocker.atom}).",
        [str(blocker.atom), *(f"={package.cpv}" for package in blocked)],
        None,
        [(package.cpv, [f"blocked by {by}"]) for package in blocked],
        [str(parent.cpv) for parent in parents],
    )
    yielding = [name for name in blocking if name not in targets]
    return Finding(found, targets + yielding, sure=False, yielding=yielding)


def circles(resolution):
    leftover = resolution.facts._circular_deps_for_display
    if leftover is None:
        return []
    handler = circular_dependency_handler(resolution.graph, leftover)
    members = [node for node in handler.shortest_cycle or leftover.order if isinstance(node, Package)]
    names = [str(member.cpv) for member in members]
    message = f"These packages need each other to be built: {' → '.join([*names[:20], names[0]])}."
    targets = targets_above(resolution, [(member, None) for member in members])
    found = problem(
        "circular",
        message if len(names) > 1 else f"{names[0]} needs itself to be built.",
        sorted(names),
        circle_breakers(handler.solutions),
        [],
        chain(resolution.graph, members[0], None),
    )
    return [Finding(found, targets)]


def circle_breakers(solutions):
    """Portage's suggestions in package.use syntax."""
    lines = [
        f"={package.cpv} {' '.join(flag if on else f'-{flag}' for flag, on in sorted(change))}"
        for package, changes in (solutions or {}).items()
        for change in changes
    ]
    return "\n".join(["# one of these, for the time being:", *sorted(lines)]) if lines else None
