/**
 * Looks at the drone of a host, or brings it back: `sh -s -- probe|restart|hard-restart|reboot NAME [ROOT]`. Prints
 * `KEY=value` lines; the names of the first five are those of version 3.1. It does nothing on a host whose drone has
 * another name. Exit status 0: done, and the agent runs; 3: another host; 1: not done, and `SAYS` tells why.
 */
export const CARE_SCRIPT = `set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
action=$1 name=$2 root=\${3-}
config=$root/etc/build-swarm/drone.conf
agent=$root/opt/build-swarm/lib/swarm-drone.mjs
program=$root/opt/build-swarm/bin/swarm-drone
log=$root/var/log/build-swarm/drone.log

fact() {
	printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr -d '\\000-\\037' | cut -c 1-300)"
}

fail() {
	fact SAYS "$1"
	exit 1
}

setting() {
	sed -n "s/^ *$1=[\\"']\\{0,1\\}\\([^\\"' #]*\\).*/\\1/p" "$config" 2>/dev/null | tail -n 1
}

init_system() {
	if [ -d "$root/run/systemd/system" ]; then echo systemd
	elif [ -d "$root/run/openrc" ]; then echo openrc
	else echo none; fi
}

# The agents of this drone, and no editor or shell that has its name in its arguments.
agents() {
	ps -eo pid=,args= 2>/dev/null | awk -v agent="$agent" -v program="$program" '
		$2 == agent || $2 == program { print $1; next }
		$2 ~ /(^|\\/)(node|sh|bash|dash|env|python[0-9.]*)$/ && ($3 == agent || $3 == program) { print $1 }'
}

# PIDS: those, and all that they started.
with_descendants() {
	ps -eo pid=,ppid= 2>/dev/null | awk -v roots="$*" '
		BEGIN { count = split(roots, list, " "); for (i = 1; i <= count; i++) hit[list[i]] }
		{ parent[$1] = $2 }
		END {
			do {
				more = 0
				for (pid in parent) if (!(pid in hit) && (parent[pid] in hit)) { hit[pid]; more = 1 }
			} while (more)
			for (pid in hit) if (pid > 1) print pid
		}'
}

service_state() {
	case $(init_system) in
		openrc)
			[ -e "$root/etc/init.d/swarm-drone" ] || { echo absent; return; }
			if timeout 8 rc-service swarm-drone status >/dev/null 2>&1 </dev/null; then echo running; else echo stopped; fi
			;;
		systemd)
			timeout 8 systemctl cat swarm-drone.service >/dev/null 2>&1 </dev/null || { echo absent; return; }
			if timeout 8 systemctl is-active --quiet swarm-drone.service </dev/null; then echo running; else echo stopped; fi
			;;
		*)
			if [ ! -e "$program" ]; then echo absent
			elif [ -n "$(agents)" ]; then echo running
			else echo stopped; fi
			;;
	esac
}

machine() {
	if systemd-detect-virt --quiet --container 2>/dev/null || [ -e /run/.containerenv ] || [ -e /.dockerenv ] ||
		tr '\\000' '\\n' </proc/1/environ 2>/dev/null | grep -q '^container='; then echo container
	elif systemd-detect-virt --quiet --vm 2>/dev/null || grep -q '^flags.* hypervisor' /proc/cpuinfo 2>/dev/null; then echo vm
	else echo metal; fi
}

fullest_disk() {
	for directory in "$root/var/cache" "$root/var/tmp" "$(setting DRONE_PREFIX)/var/tmp"; do
		[ ! -d "$directory" ] || timeout 5 df -P "$directory" 2>/dev/null | sed 1d
	done | awk '{ sub("%", "", $5); if ($5 + 0 > most) most = $5 + 0 } END { if (NR) print most }'
}

# Number of emerges, the age of the oldest, and the processor time of all that belongs to them.
emerges() {
	ps -eo pid=,ppid=,etimes=,cputimes=,args= 2>/dev/null | awk '
		{ parent[$1] = $2; cpu[$1] = $4 }
		$5 ~ /\\/(emerge|ebuild\\.sh)$/ || ($5 ~ /(python|bash)[0-9.]*$/ && ($6 ~ /\\/(emerge|ebuild\\.sh)$/ || $7 ~ /\\/(emerge|ebuild\\.sh)$/)) {
			hit[$1]; count++; if ($3 > age) age = $3
		}
		END {
			do {
				more = 0
				for (pid in parent) if (!(pid in hit) && (parent[pid] in hit)) { hit[pid]; more = 1 }
			} while (more)
			for (pid in hit) sum += cpu[pid]
			print count + 0, age + 0, sum + 0
		}'
}

probe() {
	fact PROC "$(agents | wc -l)"
	fact LOAD "$(cut -d ' ' -f 1 /proc/loadavg)"
	fact DISK "$(fullest_disk)"
	# shellcheck disable=SC2046
	set -- $(emerges)
	fact EMERGE "\${1-}"
	fact UPTIME "$(cut -d ' ' -f 1 /proc/uptime)"
	fact EMERGE_AGE "\${2-}"
	fact EMERGE_CPU "\${3-}"
	fact CORES "$(nproc 2>/dev/null)"
	fact MEMORY "$(awk '$1 == "MemTotal:" { print $2 / 1024 }' /proc/meminfo)"
	fact MEMORY_FREE "$(awk '$1 == "MemAvailable:" { print $2 / 1024 }' /proc/meminfo)"
	fact NAME "$(setting NODE_NAME)"
	fact INIT "$(init_system)"
	fact SERVICE "$(service_state)"
	fact MACHINE "$(machine)"
}

# What the last command said last, for whoever reads that it failed.
try() {
	said=$(timeout 55 "$@" 2>&1 </dev/null) || fail "$* failed: $(printf '%s\\n' "$said" | tail -n 1)"
}

start_alone() {
	[ -x "$program" ] || fail "there is no $program"
	mkdir -p "\${log%/*}"
	setsid "$program" >>"$log" 2>&1 </dev/null &
}

# A service that starts and dies at once has not been started.
must_run() {
	tries=0
	while [ $tries -lt 20 ]; do
		sleep 0.5
		tries=$((tries + 1))
		[ "$(service_state)" = running ] || continue
		before=$(agents | sort | tr '\\n' ' ')
		[ -n "$before" ] || continue
		sleep 1.5
		[ "$(agents | sort | tr '\\n' ' ')" != "$before" ] || { fact SAYS 'its agent runs'; return; }
	done
	fail "the service was started, but its agent does not run ($(service_state))"
}

restart() {
	case $(init_system) in
		openrc) try rc-service swarm-drone restart ;;
		systemd)
			systemctl reset-failed swarm-drone.service >/dev/null 2>&1 </dev/null
			try systemctl restart swarm-drone.service
			;;
		*)
			pids=$(agents)
			# shellcheck disable=SC2086
			[ -z "$pids" ] || kill $pids 2>/dev/null
			tries=0
			while [ -n "$(agents)" ] && [ $tries -lt 20 ]; do sleep 0.5; tries=$((tries + 1)); done
			[ -z "$(agents)" ] || fail 'its agent does not end'
			start_alone
			;;
	esac
	must_run
}

# A supervisor would start the agent again while it is being killed, so that goes first.
kill_all() {
	supervisors=$(ps -eo pid=,args= 2>/dev/null | awk -v program="$program" '
		$2 ~ /(^|\\/)supervise-daemon$/ && index($0, program) { print $1 }')
	# shellcheck disable=SC2046
	pids=$(with_descendants $(agents))
	# shellcheck disable=SC2086
	[ -z "$supervisors$pids" ] || kill -KILL $supervisors $pids 2>/dev/null
}

hard_restart() {
	case $(init_system) in
		openrc)
			kill_all
			timeout 10 rc-service swarm-drone zap >/dev/null 2>&1 </dev/null
			try rc-service swarm-drone start
			;;
		systemd)
			systemctl kill --signal=KILL swarm-drone.service >/dev/null 2>&1 </dev/null
			kill_all
			systemctl reset-failed swarm-drone.service >/dev/null 2>&1 </dev/null
			try systemctl start swarm-drone.service
			;;
		*) kill_all; start_alone ;;
	esac
	must_run
}

# The connection may be gone before the command has ended, so what is about to happen is said first.
reboot_host() {
	fact REBOOTING yes
	case $(init_system) in
		systemd) said=$(systemctl reboot 2>&1 </dev/null) ;;
		*) said=$(reboot 2>&1 </dev/null) ;;
	esac || fail "it does not reboot: $(printf '%s\\n' "$said" | tail -n 1)"
	fact SAYS 'it reboots'
}

main() {
	[ "$action" != probe ] || { probe; return; }
	if [ "$(setting NODE_NAME)" != "$name" ]; then
		fact SAYS "the host there is not $name, and was left alone"
		exit 3
	fi
	case $action in
		restart) restart ;;
		hard-restart) hard_restart ;;
		reboot) reboot_host ;;
		*) fail "$action is nothing that can be done" ;;
	esac
}

main "$@"
`;
