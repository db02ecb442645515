# The undo journal: one directory for each run that changed something, in the order of their numbers.
#
#   NNNN-DATE/entries    NUMBER <tab> KIND <tab> PATH, written before the change is made
#             before/N   what was there, with mode, owner and times
#             after      NUMBER <tab> what the run left there, so that later changes of others are noticed
#             done       the run came to its end
#
# Kinds: absent (nothing was there), was (a file or link), newdir (the directory is made by us), scratch (a
# directory of our own with whatever comes into it), started (a service did not run).

readonly TAB='	'

# One run at a time. The lock is that of a directory that is there anyway, so that nothing is written for it.
take_lock() {
	local place=$root/etc tries=0
	[ -z "$dry_run" ] || return 0
	[ -d "$place" ] || place=${root:-/}
	if [ ! -d "$place" ] || ! command -v flock >/dev/null 2>&1; then return 0; fi
	exec 9<"$place"
	# What a run that was killed had just started may hold it for a moment longer.
	until flock -n 9; do
		tries=$((tries + 1))
		[ "$tries" -lt 5 ] || fail 'this script runs here already: wait until it has ended, then run it again'
		sleep 1 9<&-
	done
}

# Where what is to appear at PATH is made first: of the same directory, and hidden from whoever reads it.
draft_of() {
	printf '%s/.%s.swarm-new' "$(dirname "$1")" "$(basename "$1")"
}

# Makes the journal of this run, with everything above it that is missing, by one rename.
open_journal() {
	local top base draft made number
	[ -z "$journal" ] || return 0
	base=$state_dir/journal
	number=$(last_number)
	run_id=$(printf '%04d-%s' $((number + 1)) "$(date -u +%Y%m%dT%H%M%SZ)")
	journal=$base/$run_id
	top=$journal
	while [ ! -d "$(dirname "$top")" ]; do top=$(dirname "$top"); done
	draft=$(draft_of "$top")
	rm -rf "$draft" "$base"/.[0-9]*Z.swarm-new
	made=$draft${journal#"$top"}
	(umask 077 && mkdir -p "$made/before") || fail "the undo journal cannot be made: $made"
	: >"$made/entries"
	: >"$made/after"
	note_made "$top" "$draft"
	sync_file "$made/entries"
	mv "$draft" "$top" || fail "the undo journal cannot be made: $top"
}

# TOP DRAFT: the directories above the journal that come with it. Nobody else may read the journal itself.
note_made() {
	local one=$1 rest
	while [ "$one" != "$journal" ]; do
		entry=$((entry + 1))
		printf '%04d\tnewdir\t%s\n' "$entry" "${one#"$root"}" >>"$2${journal#"$1"}/entries"
		chmod 755 "$2${one#"$1"}"
		rest=${journal#"$one"/}
		one=$one/${rest%%/*}
	done
}

last_number() {
	local last
	last=$(all_runs | tail -n 1)
	last=${last%%-*}
	while [ "${last#0}" != "$last" ]; do last=${last#0}; done
	printf '%s' "${last:-0}"
}

all_runs() {
	[ -d "$state_dir/journal" ] || return 0
	(cd "$state_dir/journal" && for run in [0-9]*-*Z; do [ ! -d "$run" ] || printf '%s\n' "$run"; done) | sort
}

# What is at PATH, before it is changed.
remember() {
	local n kind=absent
	open_journal
	entry=$((entry + 1))
	n=$(printf '%04d' "$entry")
	if [ -e "$1" ] || [ -L "$1" ]; then
		kind=was
		{ cp -a "$1" "$journal/before/$n.part" && mv "$journal/before/$n.part" "$journal/before/$n"; } ||
			fail "$1 cannot be kept in $journal/before, so it is not changed"
		[ -L "$1" ] || sync_file "$journal/before/$n"
	fi
	note "$kind" "$1"
}

# KIND PATH: an entry by the number that remember counted.
note() {
	printf '%04d\t%s\t%s\n' "$entry" "$1" "${2#"$root"}" >>"$journal/entries" || fail "$journal/entries cannot be written, so $2 is not changed"
	sync_file "$journal/entries"
}

note_new() {
	open_journal
	entry=$((entry + 1))
	note "$1" "$2"
}

# What the change left.
remember_after() {
	printf '%04d\t%s\n' "$entry" "$(state_of "$1")" >>"$journal/after" || fail "$journal/after cannot be written"
}

# Content, mode and owner in one word.
state_of() {
	if [ -L "$1" ]; then
		printf 'link:%s' "$(readlink "$1")"
	elif [ -f "$1" ]; then
		printf '%s:%s' "$(sha256sum <"$1" | cut -c 1-64)" "$(stat -c %a:%u:%g "$1")"
	elif [ -e "$1" ]; then
		printf 'other'
	else
		printf 'absent'
	fi
}

close_journal() {
	if [ -n "$journal" ]; then : >"$journal/done"; fi
}

sync_file() {
	sync "$1" 2>/dev/null || true
}

# A run that was killed may have left a draft, or a place empty that it was about to fill.
mend_interrupted() {
	local run
	for run in $(all_runs); do
		[ ! -f "$state_dir/journal/$run/done" ] || continue
		if [ -n "$dry_run" ]; then
			info "the run $run was interrupted; the next one that is no dry run goes on where it was"
		else
			mend_run "$state_dir/journal/$run"
			: >"$state_dir/journal/$run/done"
		fi
	done
}

mend_run() {
	local n kind path
	info "the run ${1##*/} was interrupted; this one goes on where it was"
	while IFS=$TAB read -r n kind path; do
		[ -n "$path" ] || continue
		rm -rf "$(draft_of "$root$path")"
		if [ "$kind" = was ] && [ ! -e "$root$path" ] && [ ! -L "$root$path" ] && [ -d "$(dirname "$root$path")" ]; then
			cp -a "$1/before/$n" "$root$path" || fail "$root$path cannot be put back from $1/before/$n"
			info "$root$path was put back"
		fi
	done <"$1/entries"
}
