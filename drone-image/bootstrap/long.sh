# What may take hours: run in a session of its own, so that it goes on when the connection is lost. This script
# only looks on; run again, it looks on again, and takes over the outcome.
#
#   STATE/jobs/NAME/command   what is run
#                   log       what it says
#                   lock      held by the kernel for as long as it runs, whatever happens to it
#                   status    its exit status, when it has ended

# NAME COMMAND…: gives the exit status of the command in $long_status.
run_long() {
	local name=$1
	shift
	job=$state_dir/jobs/$name
	if [ -f "$job/status" ]; then
		info "$name has ended since; its log is $job/log"
	elif job_runs; then
		info "$name is under way already; looking on"
		look_on "$name"
	else
		start_long "$@"
		look_on "$name"
	fi
	long_status=$(cat "$job/status" 2>/dev/null) || long_status=''
	# Killed with its session, by a power cut for example.
	[ -n "$long_status" ] || fail "$name was ended from outside; run this again. What it said: $job/log"
	rm -rf "$job.last"
	mv "$job" "$job.last"
	job_log=$job.last/log
}

# Whether NAME is under way, or has ended while nobody looked.
is_pending() {
	job=$state_dir/jobs/$1
	[ -f "$job/status" ] || job_runs
}

job_runs() {
	[ -f "$job/lock" ] && ! flock -n "$job/lock" true 2>/dev/null
}

start_long() {
	local tries=0
	open_journal
	if [ ! -d "$state_dir/jobs" ]; then
		note_new scratch "$state_dir/jobs"
		mkdir "$state_dir/jobs" || fail "$state_dir/jobs cannot be made"
	fi
	rm -rf "$job"
	mkdir "$job" || fail "$job cannot be made"
	printf '%s\n' "$*" >"$job/command"
	: >"$job/log"
	# It must not hold our lock, nor the connection.
	# shellcheck disable=SC2016
	setsid sh -c '
		job=$1
		shift
		exec flock -n "$job/lock" sh -c '\''
			trap "" HUP
			job=$1
			shift
			: >"$job/started"
			"$@"
			echo $? >"$job/status.new"
			mv "$job/status.new" "$job/status"
		'\'' job "$job" "$@"
	' job "$job" "$@" </dev/null >>"$job/log" 2>&1 3>&- 9<&- &
	while [ ! -f "$job/started" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || fail "$* cannot be started: $(cat "$job/log")"
		sleep 0.1 9<&-
	done
}

# Shows what it says until it has ended.
look_on() {
	local shown=0 size is_over
	follows=$1
	while :; do
		is_over=''
		job_runs || is_over=yes
		size=$(wc -c <"$job/log")
		if [ "$size" -gt "$shown" ]; then
			tail -c "+$((shown + 1))" "$job/log" | head -c "$((size - shown))" >&3
			shown=$size
		fi
		[ -z "$is_over" ] || break
		sleep 0.5 9<&-
	done
	follows=''
}
