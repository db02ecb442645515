# The only ways in which this script changes files: told first, kept in the journal, made by rename.

# Announces a change; false in a dry run, in which it is not made.
change() {
	changes=$((changes + 1))
	if [ -n "$dry_run" ]; then
		printf '[DRY] would %s\n' "$1" >&3
		return 1
	fi
	printf '[INFO] %s\n' "$1" >&3
}

# PATH MODE TEXT: a file with exactly this text. A mode keep:644 is for files that are new; others keep theirs.
put_text() {
	local path mode=$2
	path=$(place_of "$1")
	if is_text "$path" "$mode" "$3"; then
		printf '[OK] %s is as it should be\n' "$1" >&3
		return 0
	fi
	[ ! -d "$path" ] || fail "$1 is a directory and ought to be a file: move it away, then run this again"
	if ! change "write $1"; then
		show_diff "$path" "$mode" "$3"
		return 0
	fi
	make_directory "$(dirname "$path")"
	remember "$path"
	draft=$(draft_of "$path")
	(umask 077 && printf '%s' "$3" >"$draft") || fail "$draft cannot be written: is the disk full?"
	put_draft "$path" "$mode"
}

# PATH MODE: what is in the draft of PATH comes to its place.
put_draft() {
	local mode=${2#keep:}
	if [ -f "$1" ]; then
		[ "$mode" = "$2" ] || mode=$(stat -c %a "$1")
		[ "$(id -u)" != 0 ] || chown "$(stat -c %u:%g "$1")" "$draft"
	fi
	chmod "$mode" "$draft"
	sync_file "$draft"
	mv -f "$draft" "$1" || fail "$1 cannot be written"
	draft=''
	remember_after "$1"
}

# A link of the host's own is followed, so that what is written lies where its owner keeps it. Not in an
# image, where it would lead out of it.
place_of() {
	if [ -z "$root" ] && [ -L "$1" ]; then
		readlink -f "$1" 2>/dev/null || printf '%s' "$1"
	else
		printf '%s' "$1"
	fi
}

is_text() {
	[ -f "$1" ] && [ ! -L "$1" ] || return 1
	printf '%s' "$3" | cmp -s - "$1" || return 1
	case $2 in keep:*) return 0 ;; esac
	[ "$(stat -c %a "$1")" = "$2" ]
}

# What would be changed, as a diff.
show_diff() {
	local old=/dev/null
	if [ -f "$1" ]; then old=$1; fi
	if command -v diff >/dev/null 2>&1; then
		printf '%s' "$3" | diff -u -L "$1" -L "$1" "$old" - >&3 || true
	else
		printf '%s' "$3" | sed 's/^/+/' >&3
	fi
	case $2 in keep:*) return 0 ;; esac
	if [ -f "$1" ] && [ "$(stat -c %a "$1")" != "$2" ]; then
		printf 'old mode %s\nnew mode %s\n' "$(stat -c %a "$1")" "$2" >&3
	fi
}

# PATH TARGET: a link.
put_link() {
	local old draft
	old=$(readlink "$1" 2>/dev/null) || old=''
	[ "$old" != "$2" ] || return 0
	[ -L "$1" ] || [ ! -d "$1" ] || fail "$1 is a directory and ought to be a link: move it away, then run this again"
	if ! change "link $1"; then
		if [ -n "$old" ]; then printf -- '-%s -> %s\n' "$1" "$old" >&3; fi
		printf '+%s -> %s\n' "$1" "$2" >&3
		return 0
	fi
	make_directory "$(dirname "$1")"
	remember "$1"
	draft=$(draft_of "$1")
	{ rm -f "$draft" && ln -s "$2" "$draft" && mv -Tf "$draft" "$1"; } || fail "$1 cannot be linked to $2"
	remember_after "$1"
}

# A directory that is wanted for its own sake.
want_directory() {
	[ ! -d "$1" ] || return 0
	change "make the directory $1" || return 0
	make_directory "$1"
}

# Each missing directory of PATH is noted, then made.
make_directory() {
	[ ! -d "$1" ] || return 0
	[ "$(dirname "$1")" = "$1" ] || make_directory "$(dirname "$1")"
	note_new newdir "$1"
	mkdir "$1" || fail "the directory $1 cannot be made"
}

drop_draft() {
	[ -z "${draft:-}" ] || rm -f "$draft"
}
