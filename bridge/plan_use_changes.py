"""The USE changes without which the resolver could not go on. Nothing is written: they are advice."""

from _emerge.Package import Package
from plan_blame import blame, chain
from plan_finding import Finding, problem
from plan_graph import written


def use_changes(resolution):
    changes = resolution.facts._needed_use_config_changes
    return [
        use_change(resolution, package, needed[1])
        for package, needed in changes.items()
        if package in resolution.facts.digraph
    ]


def use_change(resolution, package, changes):
    flags = " ".join(flag if on else f"-{flag}" for flag, on in sorted(changes.items()))
    change = " ".join(f"+{flag}" if on else f"-{flag}" for flag, on in sorted(changes.items()))
    # Package.use is what the configuration gives; an atom that it fails is one that asks for the change.
    asking = [
        (parent, atom)
        for parent, atom in resolution.facts._parent_atoms.get(package, ())
        if not atom.match(package)
    ]
    parents = [f" because {parent.cpv} needs {written(atom)}" for parent, atom in asking if isinstance(parent, Package)]
    targets, sure = blame(resolution, asking or [(package, None)])
    found = problem(
        "use_change",
        f'{package.cpv} has to be built with USE="{flags}"{min(parents, default="")}.',
        sorted(written(atom) for _, atom in asking) or [f"={package.cpv}"],
        f">={package.cpv} {flags}",
        [(package.cpv, [f"Change USE: {change}"])],
        chain(resolution.graph, package, None),
    )
    return Finding(found, targets, sure)
