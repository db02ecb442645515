/**
 * Points the drone of a host at a control plane and restarts it (\`apply URL v2|v3\`), takes that back (\`restore\`), or
 * keeps it (\`keep\`). Until it is kept the old settings lie beside the new ones, so that a run that was cut off can be
 * ended by another. Prints \`key=value\` lines.
 */
export const SWITCH_SCRIPT = `set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
config=/etc/build-swarm/drone.conf
old=$config.switching

fail() {
	printf 'error=%s\\n' "$1"
	exit 1
}

gateway() {
	sed -n 's/^[[:space:]]*\\(GATEWAY_URL=.*\\)$/\\1/p' "$1" | tail -n 1 | cut -c 1-300
}

edited() {
	URL=$1 VERSION=$2 awk '
		/^[ \\t]*(export[ \\t]+)?GATEWAY_URL=/ { print "GATEWAY_URL=\\"" ENVIRON["URL"] "\\""; done = 1; next }
		ENVIRON["VERSION"] == "v3" && /^ORCHESTRATOR_IP=/ { print "# " $0; next }
		ENVIRON["VERSION"] == "v2" && /^#[ \\t]*ORCHESTRATOR_IP=/ { sub(/^#[ \\t]*/, ""); print; next }
		{ print }
		END { if (!done) print "GATEWAY_URL=\\"" ENVIRON["URL"] "\\"" }
	' "$config"
}

# By a rename, with owner and mode as they were.
replace() {
	cp -p "$config" "$config.new.$$" && cat >"$config.new.$$" && mv -f "$config.new.$$" "$config"
}

restart() {
	if [ -d /run/openrc ]; then
		rc-service swarm-drone restart >/dev/null 2>&1 </dev/null || rc-service swarm-drone start >/dev/null 2>&1 </dev/null
	elif [ -d /run/systemd/system ]; then
		systemctl restart swarm-drone >/dev/null 2>&1 </dev/null
	else
		return 1
	fi
}

main() {
	[ -f "$config" ] || fail "there is no $config: is this a drone? build-swarmv3 drone deploy makes it one"
	case $1 in
		apply)
			text=$(edited "$2" "$3") || fail "$config cannot be read"
			printf 'before=%s\\n' "$(gateway "$config")"
			if [ "$text" = "$(cat "$config")" ]; then
				echo changed=no
			else
				[ -f "$old" ] || { cp -p "$config" "$old.new" && mv -f "$old.new" "$old"; } || fail "$old cannot be written"
				printf '%s\\n' "$text" | replace || fail "$config cannot be written"
				echo changed=yes
			fi
			[ ! -f "$old" ] || echo pending=yes
			if restart; then echo restarted=yes; else echo restarted=no; fi
			;;
		restore)
			[ -f "$old" ] || fail "there is no $old"
			mv -f "$old" "$config" || fail "$config cannot be written"
			if restart; then echo restarted=yes; else echo restarted=no; fi
			;;
		keep) [ ! -f "$old" ] || mv -f "$old" "$config.before-switch" || fail "$old cannot be renamed" ;;
		*) fail 'not understood' ;;
	esac
	printf 'line=%s\\n' "$(gateway "$config")"
}

main "$@"
`;
