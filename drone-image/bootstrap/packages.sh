# Steps 7 and 8: the installed packages.

leaves_packages() {
	if has_own_portage; then return 0; fi
	[ -n "$root" ] || return 1
	skip 'nothing is run below --root: the packages stay as they are'
}

# As somebody who can write nothing: even a pretended update refreshes caches. Portage's own user is not taken,
# for he owns some of them. Where he may not read the configuration, root asks, but not in a dry run.
emerge_pretend() {
	if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
		HOME=/nonexistent setpriv --reuid=65534 --regid=65534 --clear-groups emerge --ask=n --color=n --pretend "$@" </dev/null 2>&1 9<&- && return 0
	fi
	if [ -n "$dry_run" ] && [ "$(id -u)" = 0 ]; then
		echo 'In a dry run Portage is asked by a user who can write nothing, and gives no answer yet.'
		return 1
	fi
	emerge --ask=n --color=n --pretend "$@" </dev/null 2>&1 9<&-
}

# ---- 7: update ----

do_update() {
	local pretended count
	if leaves_packages; then return 0; fi
	if [ -n "$no_update" ]; then
		skip 'left as they are (--no-update)'
		return 0
	fi
	if [ -z "$dry_run" ] && is_pending update; then
		change 'look on while the world is updated' && update_world
		return 0
	fi
	pretended=$(emerge_pretend --update --newuse --deep @world) || {
		printf '%s\n' "$pretended" | tail -n 20 >&3
		warn 'Portage cannot tell how to update the world (above): the packages stay as they are'
		return 0
	}
	count=$(printf '%s\n' "$pretended" | grep -cE '^\[(ebuild|binary)') || true
	if [ "$count" -eq 0 ]; then
		ok 'the world is up to date'
		return 0
	fi
	printf '%s\n' "$pretended" | grep -E '^\[(ebuild|binary)' >&3
	change "update the world: $count package(s)" || return 0
	keep_package_list
	update_world
}

# What is replaced or removed is packed before, so that it can be put back.
update_world() {
	run_long update env 'FEATURES=unmerge-backup downgrade-backup' \
		emerge --ask=n --color=n --update --newuse --deep --keep-going=y --quiet=y @world
	if [ "$long_status" = 0 ]; then
		ok 'the world is up to date'
	else
		warn "the update ended with status $long_status; what was said: $job_log"
	fi
}

keep_package_list() {
	open_journal
	[ -f "$journal/packages" ] || package_list >"$journal/packages"
}

package_list() {
	(cd "$portage/var/db/pkg" 2>/dev/null && for one in */*/; do
		case $one in '*/*/' | */-MERGING-* | */.*) ;; *) printf '%s\n' "${one%/}" ;; esac
	done) | sort
}

# ---- 8: prune ----

do_prune() {
	local pretended names
	if leaves_packages; then return 0; fi
	if [ -z "$dry_run" ] && is_pending prune; then
		change 'look on while packages are pruned' && prune_packages
		return 0
	fi
	pretended=$(emerge_pretend --depclean --exclude "$(kept_packages)") || {
		printf '%s\n' "$pretended" | tail -n 20 >&3
		warn 'Portage cannot tell what nothing needs (above): nothing is pruned'
		return 0
	}
	names=$(printf '%s\n' "$pretended" | sed -n 's/^ *All selected packages: *//p')
	if [ -z "$names" ]; then
		ok 'there is nothing to prune'
	elif [ -z "$prune" ]; then
		skip "nothing needs $(printf '%s\n' "$names" | wc -w | tr -d ' ') package(s) any more; with --prune they are removed: $names"
	else
		change "prune $(printf '%s\n' "$names" | wc -w | tr -d ' ') package(s): $names" || return 0
		keep_package_list
		prune_packages
	fi
}

prune_packages() {
	run_long prune env FEATURES=unmerge-backup emerge --ask=n --color=n --depclean --quiet=y --exclude "$(kept_packages)"
	if [ "$long_status" = 0 ]; then
		ok 'what nothing needs is removed'
	else
		warn "pruning ended with status $long_status; what was said: $job_log"
	fi
}

# Whatever keeps this host alive and reachable, wanted by the world file or not.
kept_packages() {
	spec_values world_allowed | paste -s -d ' ' -
}
