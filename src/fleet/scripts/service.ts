/**
 * How the service of the drone does, and what it said last: \`state=running|stopped|absent\` and \`log=…\` lines.
 * Changes nothing.
 */
export const SERVICE_SCRIPT = `set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

state() {
	if [ -d /run/openrc ]; then
		[ -e /etc/init.d/swarm-drone ] || { echo absent; return; }
		if rc-service swarm-drone status >/dev/null 2>&1 </dev/null; then echo running; else echo stopped; fi
	elif [ -d /run/systemd/system ]; then
		systemctl cat swarm-drone >/dev/null 2>&1 </dev/null || { echo absent; return; }
		if systemctl is-active --quiet swarm-drone </dev/null; then echo running; else echo stopped; fi
	else
		echo absent
	fi
}

main() {
	printf 'state=%s\\n' "$(state)"
	{
		tail -n 10 /var/log/build-swarm/drone-error.log /var/log/build-swarm/drone.log 2>/dev/null ||
			journalctl -q --no-pager -o cat -n 15 -u swarm-drone 2>/dev/null
	} | grep -v -e '^==>' -e '^$' | tail -n 15 | cut -c 1-500 | sed 's/^/log=/'
}

main "$@"
`;
