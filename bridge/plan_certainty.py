"""Whether a package that cannot be had surely takes the one that needs it down with it."""

from _emerge.Package import Package
from plan_graph import DependencyAtoms
from portage.dep import Atom


class Certainty:
    """For one failed resolution. Asked from the failure upwards, it remembers what it found hopeless."""

    def __init__(self, resolution):
        self._graph = resolution.graph
        self._opts = resolution.graph._frozen_config.myopts
        self._hopeless, self._atoms = set(), {}

    def is_sure(self, parent, atom, package):
        """`package` cannot be had: is there nothing else that would satisfy the parent's atom?"""
        if not self._is_only_choice(package, atom) and not self._is_hopeless(package):
            return False
        return not isinstance(parent, Package) or self._atoms_of(parent).is_sure(atom)

    def _is_only_choice(self, package, atom):
        return self._is_ebuild(package) and atom.package and self._candidates(package, atom) <= {package.cpv}

    def _is_hopeless(self, package):
        """Whether no version of it can be had: each other one needs something of which that is known."""
        if package.cp not in self._hopeless and self._is_ebuild(package):
            others = self._candidates(package, Atom(package.cp)) - {package.cpv}
            ebuilds = {x.cpv: x for x in self._graph._iter_match_pkgs(package.root_config, "ebuild", Atom(package.cp))}
            # One that is there only as an installed package has all that it needs.
            if all(cpv in ebuilds and self._needs_hopeless(ebuilds[cpv]) for cpv in others):
                self._hopeless.add(package.cp)
        return package.cp in self._hopeless

    def _needs_hopeless(self, package):
        atoms = self._atoms_of(package).sure
        return any(atom.cp in self._hopeless or not self._candidates(package, atom) for atom in atoms)

    def _candidates(self, package, atom):
        trees = package.root_config.trees
        found = set(trees["porttree"].dbapi.xmatch("match-visible", atom.without_use))
        if "--emptytree" not in self._opts:
            found.update(trees["vartree"].dbapi.match(atom.without_use))
        return found

    def _is_ebuild(self, package):
        # Where binary packages count as well, there is always another choice.
        return not package.built and "--usepkg" not in self._opts

    def _atoms_of(self, package):
        if package not in self._atoms:
            self._atoms[package] = DependencyAtoms(package, self._graph._pkg_use_enabled(package))
        return self._atoms[package]
