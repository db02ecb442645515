"""Portage's depgraph as nodes, edges and a merge order."""

from _emerge.Package import Package
from portage.dep import Atom, use_reduce
from portage.exception import PortageException

# Which ebuild variable makes an edge of which type (PMS 8: dependency classes).
TYPE_OF_VARIABLE = {
    "DEPEND": "build",
    "BDEPEND": "build-host",
    "RDEPEND": "run",
    "IDEPEND": "install",
    "PDEPEND": "post",
}
TYPE_ORDER = ("build", "build-host", "run", "install", "post")


def export_graph(resolution, resolver):
    packages = packages_by_cpv(resolution)
    return {
        "nodes": [export_node(package, resolution, resolver) for package in packages.values()],
        "edges": export_edges(packages, resolution),
        "merge_order": merge_order(resolution, packages),
        "circular": unordered(resolution),
    }


def packages_by_cpv(resolution):
    """The packages of the graph. Where an installed one is replaced by itself, the new one counts."""
    packages = {}
    for node in resolution.facts.digraph.order:
        if not isinstance(node, Package) or node.operation not in ("merge", "nomerge"):
            continue
        known = packages.get(str(node.cpv))
        if known is None or (known.operation == "nomerge" and node.operation == "merge"):
            packages[str(node.cpv)] = node
    return packages


def export_node(package, resolution, resolver):
    enabled = resolution.graph._pkg_use_enabled(package)
    node = {
        "cpv": str(package.cpv),
        "slot": package.slot,
        "subslot": package.sub_slot or package.slot,
        "repo": package.repo or "",
        "type": package.type_name,
        "operation": package.operation,
        "use": sorted(enabled & package.iuse.all),
        "iuse": sorted(package.iuse.all),
        "keywords": package._metadata["KEYWORDS"].split(),
        "restrict": reduced(package, "RESTRICT", enabled),
        "properties": reduced(package, "PROPERTIES", enabled),
        "eapi": package.eapi,
    }
    size = download_size(package, enabled, resolver)
    if size is not None:
        node["size_bytes"] = size
    return node


def reduced(package, variable, enabled):
    try:
        return sorted(set(use_reduce(package._metadata[variable], uselist=enabled, flat=True, eapi=package.eapi)))
    except (PortageException, KeyError):
        return []


def download_size(package, enabled, resolver):
    """Bytes to fetch for the package, whether they are here already or not; None when unknown."""
    try:
        if package.type_name == "binary":
            return int(package._metadata["SIZE"])
        if package.type_name != "ebuild":
            return None
        return source_size(package, enabled, resolver.settings["DISTDIR"])
    except (PortageException, KeyError, TypeError, ValueError, OSError):
        return None


def source_size(package, enabled, distdir):
    portdb = package.root_config.trees["porttree"].dbapi
    location = portdb.getRepositoryPath(package.repo)
    names = portdb.getFetchMap(package.cpv, useflags=enabled, mytree=location)
    repository = portdb.repositories.get_repo_for_location(location)
    sizes = repository.load_manifest(f"{location}/{package.cp}", distdir).getTypeDigests("DIST")
    return sum(int(sizes[name]["size"]) for name in names)


def export_edges(packages, resolution):
    atoms_of = atoms_by_edge(resolution)
    edges = []
    for package in packages.values():
        wanted = DependencyAtoms(package, resolution.graph._pkg_use_enabled(package))
        for cpv, children in children_by_cpv(package, packages, resolution).items():
            priorities = [priority for _, found in children for priority in found]
            atoms = {atom for child, _ in children for atom in atoms_of.get((package, child), ())}
            edges.append(export_edge(str(package.cpv), cpv, priorities, atoms, wanted))
    return sorted(edges, key=lambda edge: (edge["from"], edge["to"]))


def children_by_cpv(package, packages, resolution):
    """What the package needs, {cpv: [(child, priorities)]}: an installed one and its new build are one node."""
    children = {}
    for child, priorities in resolution.facts.digraph.nodes[package][0].items():
        # Portage lets a package need itself (an older one builds it); no order follows from that.
        if isinstance(child, Package) and str(child.cpv) in packages and child.cpv != package.cpv:
            children.setdefault(str(child.cpv), []).append((child, priorities))
    return children


def export_edge(parent, child, priorities, atoms, wanted):
    types = {kind for atom in atoms for kind in wanted.types(atom)} or types_by_priority(priorities)
    return {
        "from": parent,
        "to": child,
        "types": sorted(types, key=TYPE_ORDER.index),
        "priorities": sorted({str(priority) for priority in priorities}),
        "atoms": sorted({str(atom) for atom in atoms}),
    }


def types_by_priority(priorities):
    """For an edge whose atom is not in the ebuild as it stands (an installed package's old one)."""
    types = set()
    for priority in priorities:
        if priority.buildtime:
            types.add("build")
        if priority.runtime_post:
            types.add("post")
    return types or {"run"}


def atoms_by_edge(resolution):
    """{(parent, child): atoms}; Portage keeps the atoms beside its graph, not in it."""
    atoms = {}
    for child, parents in resolution.facts._parent_atoms.items():
        for parent, atom in parents:
            atoms.setdefault((parent, child), set()).add(atom)
    return atoms


class DependencyAtoms:
    """The atoms of a package's dependency variables, conditionals evaluated.

    `sure` has those outside any-of groups: nothing else would do.
    """

    def __init__(self, package, enabled):
        self.sure, self._types = set(), {}
        for variable, kind in TYPE_OF_VARIABLE.items():
            for atom, is_sure in atoms_of_variable(package, variable, enabled):
                self._types.setdefault(str(atom), set()).add(kind)
                if is_sure:
                    self.sure.add(atom)

    def types(self, atom):
        return self._types.get(str(atom), set()) | self._types.get(written(atom), set())

    def is_sure(self, atom):
        return str(atom) in self.sure or written(atom) in self.sure


def written(atom):
    """The atom as the ebuild has it, before its USE conditionals were evaluated."""
    return str(atom.unevaluated_atom) if atom.package else str(atom)


def atoms_of_variable(package, variable, enabled):
    try:
        tokens = use_reduce(package._metadata[variable], uselist=enabled, eapi=package.eapi, token_class=Atom)
    except (PortageException, KeyError):
        return []
    return list(walk(tokens, True))


def walk(tokens, sure):
    after_any_of = False
    for token in tokens:
        if isinstance(token, list):
            yield from walk(token, sure and not after_any_of)
        elif isinstance(token, Atom) and not token.blocker:
            yield token, sure
        after_any_of = token == "||"


def merge_order(resolution, packages):
    if not resolution.ok:
        return []
    tasks = [task for task in resolution.graph.altlist() if isinstance(task, Package)]
    return [str(task.cpv) for task in tasks if task.operation == "merge" and packages.get(str(task.cpv)) is task]


def unordered(resolution):
    """What Portage could not order because of build-time circles; None when there are none."""
    leftover = resolution.facts._circular_deps_for_display
    if leftover is None:
        return None
    return sorted({str(node.cpv) for node in leftover.order if isinstance(node, Package)})
