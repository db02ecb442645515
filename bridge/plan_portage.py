"""Portage's resolver as one object: load the configuration once, then resolve as often as needed."""

import contextlib
import io
import sys

import portage
from _emerge.actions import adjust_configs, load_emerge_config
from _emerge.create_depgraph_params import create_depgraph_params
from _emerge.depgraph import backtrack_depgraph
from _emerge.main import parse_opts
from _emerge.stdout_spinner import stdout_spinner
from portage._sets import SETPREFIX
from portage._sets.base import InternalPackageSet

# With autounmask Portage gives up backtracking at the first USE change, though it might find a way
# without one; so what can be resolved is decided without it. It is good for advice: it goes on past a
# missing USE flag and so names all the changes that are necessary. Nothing is ever written.
AS_CONFIGURED = ["--autounmask=n"]
WITH_USE_CHANGES = [
    "--autounmask=y",
    "--autounmask-use=y",
    "--autounmask-keep-keywords=y",
    "--autounmask-keep-masks=y",
    "--autounmask-license=n",
    "--autounmask-write=n",
    "--autounmask-continue=n",
]

# These change what is configured rather than what is asked; they belong in the environment.
FOREIGN_OPTIONS = ("--config-root", "--prefix", "--root", "--sysroot", "--resume", "--debug")

# emerge's main expands these before it resolves; the resolver knows only the right-hand sides.
IMPLIED = {
    "--getbinpkgonly": ("--usepkgonly", "--getbinpkg", "--usepkg"),
    "--usepkgonly": ("--usepkg",),
    "--getbinpkg": ("--usepkg",),
}


class BadOption(Exception):
    """An option that Portage or the planner does not take; str() is a sentence."""


class BadConfiguration(Exception):
    """Portage cannot work with the configuration; str() is a sentence."""


class Resolver:
    """Portage with the given emerge options. Raises BadOption or BadConfiguration."""

    def __init__(self, options):
        portage.output.havecolor = 0
        self.opts = read_options(options + AS_CONFIGURED)
        self._opts_for_advice = read_options(options + WITH_USE_CHANGES)
        with captured():
            self.config = load_emerge_config(action=None, args=[], opts=dict(self.opts))
            # In emerge's own order: without a profile, the settings can come from the binary packages.
            self._read_binary_packages()
            adjust_configs(self.config.opts, self.config.trees)
            check_profile(self.config)
        self.root_config = self.config.target_config
        self.settings = self.root_config.settings
        self.trees = self.root_config.trees
        self.sets = self.root_config.setconfig.getSets()

    def resolve(self, targets, without=frozenset(), backtrack=True):
        """Resolve targets less the atoms in `without`, wherever they come from (argument or set)."""
        return self._run(targets, without, dict(self.opts) if backtrack else {**self.opts, "--backtrack": 0})

    def resolve_with_use_changes(self, targets, without):
        """The same, as if all USE changes that it takes had been made."""
        return self._run(targets, without, dict(self._opts_for_advice))

    def _run(self, targets, without, opts):
        params = create_depgraph_params(opts, None)
        args = [target for target in targets if target not in without]
        with self._sets_without(without, targets), captured() as text:
            ok, graph, _ = backtrack_depgraph(
                self.settings, self.config.trees, opts, params, None, args, stdout_spinner()
            )
        return Resolution(bool(ok), graph, text.getvalue())

    def set_members(self, name):
        """All atoms of a set and of the sets it contains, and the names of sets that do not exist."""
        atoms, absent = [], []
        for current in self._sets_below([name]):
            if current in self.sets:
                atoms.extend(sorted(str(atom) for atom in self.sets[current].getAtoms()))
            else:
                absent.append(SETPREFIX + current)
        return atoms, absent

    def _sets_below(self, names):
        found, todo = [], list(names)
        while todo:
            current = todo.pop()
            if current not in found:
                found.append(current)
                todo.extend(nested_sets(self.sets[current]) if current in self.sets else [])
        return found

    def _read_binary_packages(self):
        if self.opts.get("--usepkg") is not True:
            return
        remote = self.opts.get("--getbinpkg") is True
        for tree in self.config.trees.values():
            tree["bintree"].populate(getbinpkgs=remote, getbinpkg_refresh=remote)

    @contextlib.contextmanager
    def _sets_without(self, without, targets):
        # Taking atoms out of a set, instead of naming the rest as arguments, keeps everything that
        # Portage does differently for sets (--update, missing world atoms).
        registry = self.root_config.setconfig.psets
        named = [target[len(SETPREFIX) :] for target in targets if target.startswith(SETPREFIX)]
        original = {name: self.sets[name] for name in self._sets_below(named) if name in self.sets}
        for name, members in original.items() if without else ():
            kept = [member for member in members if str(member) not in without]
            registry[name] = InternalPackageSet(initial_atoms=kept, allow_wildcard=True)
        try:
            yield
        finally:
            registry.update(original)


class Resolution:
    """What one run of the resolver gave: `ok`, Portage's depgraph, and what it printed."""

    def __init__(self, ok, graph, text):
        self.ok = ok
        self.graph = graph
        self.text = text
        self.facts = graph._dynamic_config


@contextlib.contextmanager
def captured():
    """Collect what Portage prints. io.StringIO is the one stream all its versions can write to."""
    stdout, stderr, text = sys.stdout, sys.stderr, io.StringIO()
    sys.stdout = sys.stderr = text
    try:
        yield text
    except BaseException as error:
        # Portage likes to print the reason and then to leave with a bare SystemExit.
        error.portage_said = text.getvalue()
        raise
    finally:
        sys.stdout, sys.stderr = stdout, stderr


def read_options(options):
    """emerge's options as the resolver wants them, with what they imply."""
    with captured() as text:
        try:
            # EMERGE_DEFAULT_OPTS is left out on purpose: a plan must not depend on --ask or --getbinpkg there.
            action, opts, positional = parse_opts([*options, "--pretend"], silent=True)
        except SystemExit:
            raise BadOption(usage_error(text.getvalue())) from None
    if action is not None:
        raise BadOption(f"--{action} is another action of emerge; the planner only resolves.")
    if positional:
        raise BadOption(f"{positional[0]!r} among the options is not an option.")
    for option in FOREIGN_OPTIONS:
        if option in opts:
            raise BadOption(f"The planner does not take {option}.")
    for option, implied in IMPLIED.items():
        if opts.get(option) is True:
            opts.update(dict.fromkeys(implied, True))
    return opts


def usage_error(text):
    last = text.strip().splitlines()[-1] if text.strip() else "unknown option"
    return f"emerge does not take these options: {last.rpartition('error: ')[2]}."


def check_profile(config):
    for eroot, tree in config.trees.items():
        settings = tree["root_config"].settings
        if not settings.profiles or "ARCH" not in settings:
            link = f"{settings['PORTAGE_CONFIGROOT'].rstrip('/')}/etc/portage/make.profile"
            raise BadConfiguration(f"The profile of {eroot} is not valid: {link} does not lead to a usable profile.")


def nested_sets(package_set):
    return [x[len(SETPREFIX) :] for x in sorted(package_set.getNonAtoms()) if x.startswith(SETPREFIX)]
