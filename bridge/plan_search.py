"""From targets to a plan: check them, resolve them, and if asked find out which ones to leave out."""

from plan_finding import Finding, crash, problem
from plan_graph import export_graph
from plan_portage import BadConfiguration, BadOption, Resolver
from plan_problems import find_problems
from plan_targets import check_targets
from plan_use_changes import use_changes

# Resolutions for one request, all told. Most failing requests take fewer than ten; what is still
# undecided when they are used up is left out.
MAX_RESOLUTIONS = 100


def make_plan(targets, options, keep_going, say_progress):
    """The changing parts of the plan: success, problems, nodes, edges, merge_order, circular, arch."""
    say_progress("loading", "Portage's configuration")
    try:
        resolver = Resolver(options)
    except (BadOption, BadConfiguration) as error:
        return {"problems": [problem("unknown", str(error))]}
    # emerge takes these two sets without their sign, too.
    named = [f"@{target}" if target in ("world", "system") else target for target in targets]
    search = Search(resolver, named, say_progress)
    plan = search.keep_going() if keep_going else search.all_or_nothing()
    arch = resolver.settings.get("ARCH", "")
    return {**plan, "arch": arch} if arch else plan


class Search:
    def __init__(self, resolver, targets, say_progress):
        self._resolver, self._targets, self._say = resolver, targets, say_progress
        self._order, bad = check_targets(resolver, targets)
        # Requested atom → its problems; the atoms in it are left out of every resolution.
        self._left_out = dict(bad)
        self._yielding = set()
        self._budget = MAX_RESOLUTIONS
        self._best = None

    def all_or_nothing(self):
        if self._left_out:
            return {"problems": self._problems()}
        resolution, findings = self._resolve_kept()
        findings = self._with_all_use_changes(findings)
        problems = [
            {**finding.problem, "target": finding.targets[0] if len(finding.targets) == 1 else None}
            for finding in findings
        ]
        graph = export_graph(resolution, self._resolver) if resolution else {}
        return {"success": not problems, "problems": problems, **graph}

    def _with_all_use_changes(self, findings):
        others = [finding for finding in findings if finding.problem["class"] != "use_change"]
        if len(others) == len(findings):
            return findings
        try:
            changes = use_changes(self._resolver.resolve_with_use_changes(self._targets, frozenset(self._left_out)))
        except (Exception, SystemExit):  # the first one that is necessary is known all the same
            return findings
        return others + changes if changes else findings

    def keep_going(self):
        doubtful = self._leave_out()
        self._put_back(doubtful)
        graph = export_graph(self._best, self._resolver) if self._best else {}
        return {"success": not self._left_out, "problems": self._problems(), **graph}

    def _leave_out(self):
        """Leave out what is blamed until the rest resolves; gives those that deserve another try."""
        doubtful = []
        while self._kept() and self._budget > 0:
            resolution, findings = self._resolve_kept()
            if not findings:
                self._best = resolution
                return doubtful
            doubtful += self._leave_out_blamed(findings)
        for name in self._kept():
            self._left_out[name] = [problem("unknown", f"No way was found to resolve {name} together with the others.")]
        return doubtful

    def _leave_out_blamed(self, findings):
        kept, doubtful = set(self._kept()), []
        for finding in findings:
            names = [name for name in finding.targets if name in kept]
            for name in names:
                self._left_out.setdefault(name, []).append(finding.problem)
            self._yielding.update(finding.yielding)
            if not finding.sure:
                doubtful += names
        if kept == set(self._kept()):
            # Nobody to blame: every one of them is a suspect.
            doubtful = self._kept()
            self._left_out.update({name: [finding.problem for finding in findings] for name in doubtful})
        return doubtful

    def _put_back(self, doubtful):
        """Those that can be had by themselves come back, in the order of the request.

        So of two that exclude each other the first one stays; only a package that blocks another gives
        way to the one it blocks.
        """
        names = sorted(set(doubtful), key=lambda name: (name in self._yielding, self._order.index(name)))
        self._put_back_all([name for name in names if len(names) == 1 or self._resolves_alone(name)])

    def _resolves_alone(self, name):
        if self._budget <= 0:
            return False
        _, findings = self._resolve([name], frozenset())
        if findings:
            self._left_out[name] = [finding.problem for finding in findings]
        return not findings

    def _put_back_all(self, names):
        if not names or self._try(names) or len(names) == 1:
            return
        middle = (len(names) + 1) // 2
        self._put_back_all(names[:middle])
        self._put_back_all(names[middle:])

    def _try(self, names):
        if self._budget <= 0:
            return False
        saved = {name: self._left_out.pop(name) for name in names}
        resolution, findings = self._resolve_kept()
        if not findings:
            self._best = resolution
            return True
        if len(names) == 1:
            saved[names[0]] = [finding.problem for finding in findings]
        self._left_out.update(saved)
        return False

    def _resolve_kept(self):
        self._say("resolving", f"{len(self._kept())} targets, {len(self._left_out)} left out")
        return self._resolve(self._targets, frozenset(self._left_out))

    def _resolve(self, targets, without):
        self._budget -= 1
        try:
            resolution = self._resolver.resolve(targets, without)
            return resolution, self._with_reasons(find_problems(resolution))
        except (Exception, SystemExit) as error:  # some ebuilds trip Portage itself: find out whose
            return None, [Finding(crash(error), [])]

    def _with_reasons(self, findings):
        return [reason for finding in findings for reason in self._reasons(finding)]

    def _reasons(self, finding):
        """What backtracking gave up has its reason in the first attempt at it, before any backtracking."""
        if not finding.is_consequence or len(finding.targets) != 1 or self._budget <= 0:
            return [finding]
        self._budget -= 1
        found = find_problems(self._resolver.resolve(finding.targets, backtrack=False))
        return [Finding(x.problem, finding.targets, finding.sure) for x in found if not x.is_consequence] or [finding]

    def _kept(self):
        return [name for name in self._order if name not in self._left_out]

    def _problems(self):
        return [
            {**found, "target": name}
            for name in sorted(self._left_out, key=self._order.index)
            for found in self._left_out[name]
        ]
