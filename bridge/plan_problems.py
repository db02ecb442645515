"""What the resolver refused, as structured problems.

Each finding is a problem (its `target` still open) with the requested atoms that bring it in.
Portage's own data structures are used where it has them; why a candidate is out exists only as text,
so that text is captured and parsed.
"""

from plan_conflicts import blockers, circles, slot_conflicts
from plan_finding import Finding, problem
from plan_portage import captured
from plan_unsatisfied import missing_set_members, refused_targets, unsatisfied

CHATTER = ("Calculating", "Dependency resolution", "These are")


def find_problems(resolution):
    """Findings, the most telling first. Empty if and only if every target was resolved."""
    findings = unsatisfied(resolution) + missing_set_members(resolution)
    if resolution.ok:
        return findings
    # Portage stops at what it cannot satisfy; conflicts in the half-made graph mean nothing then.
    if not findings:
        findings = slot_conflicts(resolution) + blockers(resolution) + circles(resolution)
    return findings + refused_targets(resolution, findings) or [unexplained(resolution)]


def unexplained(resolution):
    with captured() as output:
        resolution.graph.display_problems()
    lines = [line.strip(" !*\n") for line in (resolution.text + output.getvalue()).splitlines()]
    said = " ".join(line for line in lines if line and not line.startswith(CHATTER))[:2000].rstrip(".")
    return Finding(problem("unknown", f"Portage could not resolve this: {said or 'it gave no reason'}."), [])
