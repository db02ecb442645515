#!/bin/sh
# shellcheck shell=dash
# Checks this drone against its spec and keeps what it found in a log. Started daily by cron or a timer;
# prints nothing when all is well, so that cron writes mail only when there is something to read.
#
#   comply-cron.sh [--verbose | -v]
#
# Exit status: that of comply.sh (0 well, 1 warnings, 2 failures), and 1 when the check cannot be made.
set -u
LC_ALL=C
export LC_ALL
umask 022

main() {
	local root=${BUILD_SWARM_ROOT:-} verbose='' comply spec report status
	case ${1-} in -v | --verbose) verbose=yes ;; esac
	comply=$root/opt/build-swarm/comply.sh spec=$root/etc/build-swarm/drone.spec
	log=$root/var/log/build-swarm/compliance.log
	mkdir -p "${log%/*}" || exit 1
	shorten_log
	[ -f "$comply" ] || broken "$comply is missing: run the bootstrap script again"
	[ -f "$spec" ] || broken "$spec is missing: run the bootstrap script again"
	status=0
	report=$(sh "$comply" --spec "$spec" </dev/null 2>&1) || status=$?
	case $status in
		0) write 'COMPLIANT (exit 0)' ;;
		1) write 'WARNINGS (exit 1)' "$(printf '%s\n' "$report" | grep -E '^ *(WARN|SUMMARY)')" ;;
		*) write "NON-COMPLIANT (exit $status)" "$report" ;;
	esac
	if [ "$status" -ge 2 ]; then
		printf '%s\n' "$report" >&2
	elif [ -n "$verbose" ]; then
		printf '%s\n' "$report"
	elif [ "$status" -eq 1 ]; then
		printf '%s\n' "$report" | grep -E '^ *(WARN|SUMMARY)'
	fi
	exit "$status"
}

# What happened, and with a second word what was found.
write() {
	{
		printf '%s %s %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$(uname -n)" "$1"
		[ -z "${2-}" ] || printf '%s\n---\n' "$2"
	} >>"$log"
}

broken() {
	printf '%s ERROR %s\n' "$(date '+%Y-%m-%d %H:%M:%S')" "$1" >>"$log"
	printf 'The daily check cannot be made: %s\n' "$1" >&2
	exit 1
}

# A drone that is never well would fill its disk in the end.
shorten_log() {
	local size
	size=$(wc -c 2>/dev/null <"$log") || return 0
	[ "$size" -gt 1000000 ] || return 0
	tail -n 2000 "$log" >"$log.new" && mv -f "$log.new" "$log"
}

main "$@"
