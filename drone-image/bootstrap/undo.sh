# --undo: every path gets back what the journal kept of it, in reverse order. Killed in the middle, the same
# again goes on; what others changed since is kept aside, not lost.

undo_runs() {
	local runs run
	runs=$(all_runs | sort -r)
	[ "$undo" = all ] || runs=$(printf '%s\n' "$runs" | head -n 1)
	problems=0
	if [ -z "$runs" ]; then
		drop_empty_draft
		ok 'nothing to undo: this script has changed nothing here'
		tell_end 'done' 'nothing to undo'
		return 0
	fi
	assert_idle
	list_undo "$runs"
	[ -z "$dry_run" ] || return 0
	confirm
	for run in $runs; do
		undo_run "$state_dir/journal/$run"
	done
	drop_empty_draft
	if [ "$problems" -gt 0 ]; then
		warn "undone, but $problems thing(s) above could not be put back"
		tell_end failed "$problems thing(s) could not be put back"
		exit 2
	fi
	ok "undone: this host is as it was before ($changes thing(s) put back)"
	tell_end 'done' "$changes thing(s) put back"
}

# Files that an update is about to change are not put back meanwhile.
assert_idle() {
	for job in "$state_dir"/jobs/*; do
		! job_runs || fail "$(cat "$job/command") is under way: wait until it has ended (its log is $job/log), then run this again"
	done
}

# What a journal left that was killed while it was made.
drop_empty_draft() {
	local path
	[ -z "$dry_run" ] || return 0
	for path in "$root/var" "$root/var/lib" "$state_dir" "$state_dir/journal" "$state_dir/journal/x"; do
		path=$(dirname "$path")
		[ ! -d "$path" ] || rm -rf "$path"/.var.swarm-new "$path"/.lib.swarm-new "$path"/.build-swarm.swarm-new \
			"$path"/.journal.swarm-new "$path"/.[0-9]*Z.swarm-new
	done
	if [ -z "$(all_runs)" ] && rmdir "$state_dir/journal" 2>/dev/null; then rmdir "$state_dir" 2>/dev/null || true; fi
}

list_undo() {
	local run n kind path
	for run in $1; do
		printf 'The run %s:\n' "$run" >&3
		sort -r "$state_dir/journal/$run/entries" | while IFS=$TAB read -r n kind path; do
			case $kind in
				was) list_restore "$root$path" "$state_dir/journal/$run/before/$n" ;;
				absent) [ ! -e "$root$path" ] || printf '  remove    %s\n' "$root$path" ;;
				newdir) printf '  remove    %s/ if it is empty then\n' "$root$path" ;;
				scratch) printf '  remove    %s/ with all that is in it\n' "$root$path" ;;
				started) printf '  stop      the service %s\n' "${path#/}" ;;
			esac
		done >&3
	done
}

list_restore() {
	printf '  put back  %s\n' "$1"
	if [ -n "$dry_run" ] && [ -f "$2" ] && [ ! -L "$2" ] && [ -f "$1" ]; then
		case $1 in *.token) ;; *) diff -u -L "$1" -L "$1" "$1" "$2" || true ;; esac
	fi
}

confirm() {
	local answer=''
	[ -z "$yes" ] || return 0
	# Standard input may be this very script.
	if [ ! -t 2 ] || ! { : </dev/tty; } 2>/dev/null; then fail 'nothing was put back: add --yes if that is what you want'; fi
	printf 'Put all that back? [y/N] ' >&2
	read -r answer </dev/tty || answer=''
	case $answer in [yY] | [yY][eE][sS]) ;; *) fail 'nothing was put back' ;; esac
}

undo_run() {
	local n kind path reversed left=''
	undo_packages "$1"
	reversed=$(sort -r "$1/entries")
	while IFS=$TAB read -r n kind path; do
		[ -n "$path" ] || continue
		case $kind in
			was) put_back "$1" "$n" "$root$path" ;;
			absent) take_away "$1" "$n" "$root$path" ;;
			newdir)
				case "$1/" in
					# The journal is still in it.
					"$root$path"/*) left="$left $root$path" ;;
					*) remove_directory "$root$path" ;;
				esac
				;;
			scratch) rm -rf "$state_dir/jobs" ;;
			started) stop_service "${path#/}" ;;
		esac
	done <<-ENTRIES
		$reversed
	ENTRIES
	mv "$1" "$(draft_of "$1")" && rm -rf "$(draft_of "$1")"
	for path in $left; do remove_directory "$path"; done
}

# Packages are many files of other people: they go back only when that is asked for. What was replaced or removed
# was packed by Portage before.
undo_packages() {
	local now gone='' come=''
	[ -f "$1/packages" ] || return 0
	now=$(package_list)
	gone=$(without "$now" <"$1/packages" | sed 's/^/=/' | paste -s -d ' ' -)
	come=$(printf '%s\n' "$now" | without "$(cat "$1/packages")" | sed -e '/^$/d' -e 's/^/=/' | paste -s -d ' ' -)
	[ -n "$gone$come" ] || return 0
	if [ -z "$packages" ]; then
		info "packages stay as they are; --packages puts them back too. Came: ${come:-none}. Went: ${gone:-none}"
		return 0
	fi
	# An atom has no wildcard in it.
	# shellcheck disable=SC2086
	[ -z "$gone" ] || undo_emerge --oneshot --nodeps --usepkgonly --quiet=y $gone
	# What took the place of another is gone with its return.
	come=$(package_list | without "$(cat "$1/packages")" | sed -e '/^$/d' -e 's/^/=/' | paste -s -d ' ' -)
	# shellcheck disable=SC2086
	[ -z "$come" ] || undo_emerge --unmerge --deselect=n --quiet=y $come
}

undo_emerge() {
	changes=$((changes + 1))
	info "emerge $*"
	emerge --ask=n --color=n "$@" </dev/null >&3 2>&1 9<&- || problem "packages could not all be put back; by hand: emerge $*"
}

put_back() {
	local before=$1/before/$2 draft
	draft=$(draft_of "$3")
	rm -rf "$draft"
	if [ "$(state_of "$3")" = "$(state_of "$before")" ]; then return 0; fi
	keep_aside "$1" "$2" "$3"
	if [ -d "$3" ] && [ ! -L "$3" ]; then
		problem "$3 is a directory now; what was there before is not put back: $(kept_copy "$before" "$3")"
		return 0
	fi
	changes=$((changes + 1))
	{ mkdir -p "$(dirname "$3")" && cp -a "$before" "$draft" && mv -Tf "$draft" "$3"; } || {
		rm -rf "$draft"
		problem "$3 cannot be put back: $(kept_copy "$before" "$3")"
		return 0
	}
	info "$3 is put back"
}

take_away() {
	rm -rf "$(draft_of "$3")"
	if [ ! -e "$3" ] && [ ! -L "$3" ]; then return 0; fi
	keep_aside "$1" "$2" "$3"
	changes=$((changes + 1))
	if rm -f "$3" 2>/dev/null; then info "$3 is removed"; else problem "$3 cannot be removed"; fi
}

remove_directory() {
	[ -d "$1" ] || return 0
	if rmdir "$1" 2>/dev/null; then
		changes=$((changes + 1))
		info "$1/ is removed"
	else
		info "$1/ stays: others have put files there"
	fi
}

# What is there is not what we left there: somebody has worked on it since.
keep_aside() {
	local left
	left=$(awk -F "$TAB" -v n="$2" '$1 == n { print $2 }' "$1/after" 2>/dev/null | tail -n 1)
	if [ -z "$left" ] || [ "$left" = "$(state_of "$3")" ] || [ ! -f "$3" ]; then return 0; fi
	warn "$3 was changed since by somebody: $(kept_copy "$3" "$3")"
}

# FILE NAME: where a copy of FILE is kept.
kept_copy() {
	local place
	place=$state_dir/changed-since/${run:-}
	(umask 077 && mkdir -p "$place") && cp -a "$1" "$place/$(printf '%s' "${2#"$root"/}" | tr / _)" &&
		printf 'that is kept in %s' "$place"
}

problem() {
	problems=$((problems + 1))
	printf '[ERROR] %s\n' "$1" >&2
}

stop_service() {
	[ -z "$root" ] || return 0
	if [ -d /run/systemd/system ]; then
		systemctl stop "$1" </dev/null >/dev/null 2>&1 9<&- || true
	elif command -v rc-service >/dev/null 2>&1; then
		rc-service "$1" stop </dev/null >/dev/null 2>&1 9<&- || true
	fi
	info "the service $1 is stopped"
}
