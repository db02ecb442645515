"""The requested targets before anything is resolved: atoms and set names, valid or not."""

from plan_finding import problem
from portage._sets import SETPREFIX
from portage.dep import Atom
from portage.exception import InvalidAtom


def check_targets(resolver, targets):
    """All requested atoms in order (sets expanded to their members), and the problems of the bad ones."""
    order, bad = [], {}
    for target in targets:
        name = target[len(SETPREFIX) :] if target.startswith(SETPREFIX) else None
        if name is not None and name in resolver.sets:
            members, absent = resolver.set_members(name)
            order += members + absent
            bad.update({member: [no_such_set(member)] for member in absent})
        else:
            order.append(target)
            found = no_such_set(target) if name is not None else check_atom(resolver, target)
            if found:
                bad[target] = [found]
    return list(dict.fromkeys(order)), bad


def no_such_set(name):
    return problem("missing", f"There is no package set {name}.", [name])


def check_atom(resolver, target):
    try:
        atom = Atom(target if "/" in target.split(":")[0] else with_category(target, "null"), allow_repo=True)
    except InvalidAtom:
        return bad_atom(target, f"{target!r} is not an atom.", version_advice(target))
    if atom.blocker or (atom.use and atom.use.conditional):
        return bad_atom(target, f"{target!r} cannot be requested: it blocks, or depends on another package's USE.")
    if not atom.cp.startswith("null/"):
        return None
    found = categories_with(resolver, atom.cp.partition("/")[2])
    if len(found) > 1:
        return bad_atom(target, f"{target!r} is ambiguous: {', '.join(found)}.", f"Write one of: {', '.join(found)}")
    return None


def with_category(target, category):
    """The atom with a category before the name; operators and a leading `=` stay in front."""
    start = len(target) - len(target.lstrip("<>=~!"))
    return f"{target[:start]}{category}/{target[start:]}"


def version_advice(target):
    """The common slip: a version without the `=` before it."""
    try:
        return f"Write ={target}" if Atom(f"={target}").version else None
    except InvalidAtom:
        return None


def bad_atom(target, message, advice=None):
    return problem("bad_atom", message, [target], advice or "Write category/name or =category/name-version.")


def categories_with(resolver, name):
    """As emerge does it: virtuals and accounts give way to the one other package of that name."""
    portdb = resolver.trees["porttree"].dbapi
    found = [f"{category}/{name}" for category in resolver.settings.categories if portdb.cp_list(f"{category}/{name}")]
    real = [cp for cp in found if cp.partition("/")[0] not in ("virtual", "acct-user", "acct-group")]
    return real if len(real) == 1 else sorted(found)
