"""From a package deep in the graph back to the requested atoms that bring it in."""

from _emerge.AtomArg import AtomArg
from _emerge.DependencyArg import DependencyArg
from _emerge.Package import Package
from _emerge.SetArg import SetArg
from plan_certainty import Certainty


def blame(resolution, pairs):
    """The requested atoms above the given (parent, atom) pairs, and whether these surely cannot be had.

    Those that have no other way than through the pairs, however far up; if there are none, those with
    the shortest way down: what stands further up may do with another version once these are out.
    A target is named as the request has it, a member of a set by its atom.
    """
    targets = targets_above(resolution, pairs, Certainty(resolution).is_sure)
    if targets:
        return targets, True
    return nearest_targets(resolution, pairs), False


def targets_above(resolution, pairs, follows=lambda parent, atom, package: True):
    """All requested atoms above the pairs by way of the edges that `follows` lets through."""
    return [name for level in climb(resolution, pairs, follows) for name in level]


def nearest_targets(resolution, pairs):
    levels = climb(resolution, pairs, lambda parent, atom, package: True)
    return next((level for level in levels if level), [])


def climb(resolution, pairs, follows):
    """Level by level, the requested atoms that are met there for the first time."""
    seen, met, level = set(), set(), list(pairs)
    while level:
        names = dict.fromkeys(label(parent, atom) for parent, atom in level if isinstance(parent, DependencyArg))
        yield [name for name in names if name is not None and name not in met]
        met.update(names)
        packages = dict.fromkeys(parent for parent, _ in level if isinstance(parent, Package) and parent not in seen)
        seen.update(packages)
        level = [
            (parent, atom)
            for package in packages
            for parent, atom in sorted(resolution.facts._parent_atoms.get(package, ()), key=lambda pair: str(pair[1]))
            if follows(parent, atom, package)
        ]


def label(arg, atom):
    if arg.internal:
        return None
    if isinstance(arg, SetArg):
        return str(atom) if atom is not None else None
    return str(arg.arg) if isinstance(arg, AtomArg) else None


def chain(graph, parent, atom):
    """Who asked, innermost first: packages as cat/pkg-1::repo, then the argument or set."""
    if not isinstance(parent, (Package, DependencyArg)) or isinstance(parent, AtomArg):
        return []
    try:
        return [str(name) for name, _ in graph._get_dep_chain(parent, atom)]
    except (KeyError, AttributeError, UnboundLocalError):
        # Portage follows parents that backtracking may have taken out of the graph.
        return [str(parent.cpv)] if isinstance(parent, Package) else [str(parent)]
