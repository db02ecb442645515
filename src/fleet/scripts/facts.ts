/**
 * What one wants to know of a host before anything is done there: `key=value` lines. It changes nothing, and is run as
 * whoever logs in.
 */
export const FACTS_SCRIPT = `set -u
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
config=/etc/build-swarm/drone.conf

fact() {
	printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr -d '\\000-\\037' | cut -c 1-200)"
}

setting() {
	sed -n "s/^ *$1=[\\"']\\{0,1\\}\\([^\\"' #]*\\).*/\\1/p" "$config" 2>/dev/null | tail -n 1
}

main() {
	fact login ok
	fact client "\${SSH_CONNECTION%% *}"
	fact host "$(uname -n)"
	fact machine_id "$(cat /etc/machine-id 2>/dev/null)"
	fact drone_id "$(setting DRONE_ID)"
	fact drone_name "$(setting NODE_NAME)"
	fact prefix "$(setting DRONE_PREFIX)"
	if [ "$(id -u)" = 0 ]; then fact root yes
	elif sudo -n true 2>/dev/null; then fact root sudo
	else fact root no; fi
}

main "$@"
`;
