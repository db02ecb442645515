# What is told: to people line by line, and with --steps-json to programs.

readonly STEPS=10

# People read file 3.
open_output() {
	if [ -n "$steps_json" ]; then exec 3>&2; else exec 3>&1; fi
	changes=0 warnings=0 step_number='' failure='' journal='' entry=0 service_changes=0 follows=''
}

# NUMBER ID TITLE: this step begins, and the one before has ended.
step() {
	end_step
	step_number=$1 step_id=$2 step_title=$3
	step_state='' step_says='' step_changes=$changes step_since=$(uptime_cs)
	printf '\n── %s/%s %s ──\n' "$1" "$STEPS" "$3" >&3
	tell_step running
}

end_step() {
	[ -n "$step_number" ] || return 0
	if [ -z "$step_state" ]; then
		step_state='done'
		[ "$changes" -gt "$step_changes" ] || step_state=unchanged
		[ -n "$step_says" ] || step_says=$([ "$step_state" = unchanged ] && echo 'as it should be' || echo "$((changes - step_changes)) change(s)")
	fi
	tell_step "$step_state"
	step_number=''
}

# Hundredths of a second since the machine was started: a clock that nobody sets.
uptime_cs() {
	local up rest
	read -r up rest </proc/uptime || up=0.00
	up=${up%.*}${up#*.}
	while [ "${up#0}" != "$up" ] && [ ${#up} -gt 1 ]; do up=${up#0}; done
	printf '%s' "$up"
}

tell_step() {
	local cs
	[ -n "$steps_json" ] || return 0
	cs=$(($(uptime_cs) - step_since))
	printf '@@step {"number":%s,"of":%s,"id":"%s","title":%s,"state":"%s","seconds":%s.%02d,"changes":%s,"says":%s}\n' \
		"$step_number" "$STEPS" "$step_id" "$(json_text "$step_title")" "$1" $((cs / 100)) $((cs % 100)) \
		$((changes - step_changes)) "$(json_text "$step_says")"
}

json_text() {
	printf '"%s"' "$(printf '%s' "$1" | tr '\000-\037\177' ' ' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g')"
}

# Nothing to do in this step, and why.
skip() {
	step_state=skipped step_says=$1
	printf '[INFO] %s\n' "$1" >&3
}

info() {
	printf '[INFO] %s\n' "$*" >&3
}

ok() {
	step_says=$*
	printf '[OK] %s\n' "$*" >&3
}

warn() {
	warnings=$((warnings + 1)) step_says=$*
	printf '[WARN] %s\n' "$*" >&3
}

fail() {
	failure=$*
	printf '[ERROR] %s\n' "$*" >&2
	exit 1
}

# However it ends.
leave() {
	local status=$?
	trap - EXIT
	trap '' PIPE
	set +e
	drop_draft
	if [ "$status" -ne 0 ]; then
		[ -z "$follows" ] || printf '[WARN] %s goes on by itself; run this again to look on. What it says: %s\n' "$follows" "$job/log" >&2
		[ -n "$failure" ] || failure="was ended (status $status); run it again, it goes on where it was"
		[ -z "$step_number" ] || { step_says=$failure && tell_step failed; }
		tell_end failed "$failure"
	fi
	exit "$status"
}

tell_end() {
	local run=null
	[ -n "$steps_json" ] || return 0
	[ -z "$journal" ] || run=$(json_text "${journal##*/}")
	printf '@@end {"state":"%s","changes":%s,"warnings":%s,"dry_run":%s,"journal":%s,"says":%s}\n' "$1" "$changes" "$warnings" \
		"$([ -n "$dry_run" ] && echo true || echo false)" "$run" "$(json_text "$2")"
}

summary() {
	local said
	if [ -n "$dry_run" ]; then
		said="dry run: $changes change(s) would be made, none was"
	elif [ "$changes" -eq 0 ]; then
		said="nothing to change: $name is a drone of $gateway_url"
	else
		said="$name is a drone of $gateway_url ($changes change(s) made)"
	fi
	[ "$warnings" -eq 0 ] || said="$said, $warnings warning(s) above"
	close_journal
	if [ -n "$journal" ]; then info "what was changed can be put back: run this again with --undo-last, or --undo for all runs"; fi
	ok "$said"
	tell_end 'done' "$said"
}
