"""A problem as the plan has it (`PlanProblem` of src/contract/plan.ts), and what we know beside it."""

import sys


class Finding:
    """A problem, the requested atoms to blame for it, and how to go on without them.

    `sure`: none of them can be had, whatever else is left out. `yielding`: those of them that should
    give way to the others if only some can stay.
    """

    def __init__(self, problem, targets, sure=True, yielding=()):
        self.problem = problem
        self.targets = targets
        self.sure = sure
        self.yielding = yielding

    @property
    def is_consequence(self):
        """Masked by Portage's own backtracking, because of something that it needs: not the reason."""
        return self._has_reason("backtracking: ")

    @property
    def is_wanted(self):
        """Left out by the operator's --exclude."""
        return self._has_reason("exclude option")

    def _has_reason(self, start):
        return any(reason.startswith(start) for x in self.problem["candidates"] for reason in x["reasons"])


def problem(kind, message, atoms=(), advice=None, candidates=(), required_by=()):
    return {
        "class": kind,
        "target": None,
        "atoms": [str(atom)[:500] for atom in dict.fromkeys(atoms)][:500],
        "message": message[:4000],
        "advice": advice[:4000] if advice else None,
        "candidates": [
            {"cpv": str(cpv)[:255], "reasons": [reason[:500] for reason in reasons][:50]}
            for cpv, reasons in list(candidates)[:500]
        ],
        "required_by": [str(name)[:500] for name in required_by][:500],
    }


def crash(error):
    """Portage itself failed, or is not there. A traceback helps nobody who reads a plan."""
    said = getattr(error, "portage_said", "").strip().splitlines()
    reason = [said[-1].strip(" !*")] if said and isinstance(error, SystemExit) else [type(error).__name__, str(error)]
    text = " ".join(": ".join(part for part in reason if part).split()).rstrip(".")
    if isinstance(error, ImportError):
        return problem("unknown", f"The Python {sys.executable} has no usable Portage: {text}.")
    return problem("unknown", f"Portage could not resolve this: {text}.")
