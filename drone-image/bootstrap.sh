#!/bin/sh
# Turns this host into a drone of a Build Swarm:
#
#   curl -s http://CP:8100/api/v1/provision/bootstrap | sh -s -- --cp-url http://CP:8100 --name NAME
#
# Handed out as it is; all it needs comes by its options. Nothing runs before the last line was read, so
# that half a download does nothing. A second run changes nothing. POSIX shell, Node.js 20, no more.
set -eu
LC_ALL=C
export LC_ALL
umask 022

STEPS=6
MIN_NODE=20.19

usage() {
	cat <<'TEXT'
Turns this host into a drone of a Build Swarm.

  --cp-url URL        address of the control plane, such as http://10.0.0.5:8100 (required)
  --name NAME         name of the drone (default: the one it has, else the host's)
  --join-token TOKEN  enrols the drone; also taken from BUILD_SWARM_JOIN_TOKEN
  --prefix DIR        Portage prefix to build in (default: the system itself)
  --root DIR          set up the system below DIR, an image say; nothing is started
  --dry-run           say what would be changed, and change nothing
  -h, --help          this text
TEXT
}

main() {
	join_token=${BUILD_SWARM_JOIN_TOKEN:-}
	unset BUILD_SWARM_JOIN_TOKEN
	read_options "$@"
	lib_dir=$root/opt/build-swarm/lib bin_dir=$root/opt/build-swarm/bin etc_dir=$root/etc/build-swarm
	agent=$lib_dir/swarm-drone.mjs program=$bin_dir/swarm-drone
	config=$etc_dir/drone.conf credential=$etc_dir/drone.token
	changes=0
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	step 1 'this host'
	check_host
	step 2 'Node.js'
	provide_node
	step 3 'agent'
	install_agent
	step 4 'settings'
	write_settings
	step 5 'credential'
	enrol
	step 6 'service'
	install_service
	summary
}

# ---- options ----

read_options() {
	cp_url='' name='' prefix='' root='' dry_run=''
	while [ $# -gt 0 ]; do
		case $1 in
			--cp-url=* | --control-plane=* | --name=* | --join-token=* | --prefix=* | --root=*)
				option=${1%%=*} value=${1#*=}
				shift
				;;
			--cp-url | --control-plane | --name | --join-token | --prefix | --root)
				[ $# -ge 2 ] || fail "$1 needs a value"
				option=$1 value=$2
				shift 2
				;;
			--dry-run) dry_run=yes && shift && continue ;;
			-h | --help) usage && exit 0 ;;
			*) fail "Unknown option: $1 (--help lists them)" ;;
		esac
		case $option in
			--cp-url | --control-plane) cp_url=$value ;;
			--name) name=$value && check_name "$name" ;;
			--join-token) join_token=$value ;;
			--prefix) prefix=$value && check_path --prefix "$prefix" ;;
			--root) root=${value%/} && check_path --root "$value" ;;
		esac
	done
	check_url
	case $join_token in
		*[!A-Za-z0-9._~+/=:-]*) fail '--join-token holds letters that no token has' ;;
	esac
}

check_url() {
	[ -n "$cp_url" ] || fail 'Missing --cp-url: the address of the control plane, such as http://10.0.0.5:8100'
	case $cp_url in
		*[!][A-Za-z0-9._:/~-]*) fail '--cp-url holds letters that no address has' ;;
		http://[!/]* | https://[!/]*) ;;
		*) fail "--cp-url must begin with http:// or https://, not $cp_url" ;;
	esac
	while [ "${cp_url%/}" != "$cp_url" ]; do cp_url=${cp_url%/}; done
}

check_name() {
	case $1 in
		'' | [!A-Za-z0-9]* | *[!A-Za-z0-9_.-]*) fail '--name must be letters, digits or any of _ . - and begin with a letter or digit' ;;
	esac
	[ ${#1} -le 63 ] || fail '--name must have at most 63 letters'
}

check_path() {
	case $2 in
		*[!A-Za-z0-9_.,+/@-]*) fail "$1 holds letters that are not taken in paths here" ;;
		/*) ;;
		*) fail "$1 must be an absolute path" ;;
	esac
}

# ---- 1: this host ----

check_host() {
	[ "$(id -u)" = 0 ] || [ -n "$root" ] || fail 'a drone is set up by root: run this with sudo, or as root'
	[ -z "$root" ] || [ -d "$root" ] || fail "--root $root is no directory"
	check_portage
	check_control_plane
	choose_name
	ok "drone $name of $cp_url"
}

check_portage() {
	if [ -n "$prefix" ]; then
		[ -f "$root$prefix/etc/portage/make.conf" ] || fail "--prefix $prefix is no Portage prefix: it has no etc/portage/make.conf"
		info "builds in the Portage prefix $prefix"
	elif [ -n "$root" ]; then
		[ -x "$root/usr/bin/emerge" ] || fail "there is no Portage below $root (usr/bin/emerge)"
	else
		command -v emerge >/dev/null 2>&1 || fail 'there is no Portage (emerge) on this host: a drone is a Gentoo system, or is given a prefix with --prefix DIR'
	fi
}

# Before anything is changed: compiling Node.js takes hours on a small host.
check_control_plane() {
	url=$cp_url/api/v1/health
	if command -v curl >/dev/null 2>&1; then
		answer=$(curl -fsS --max-time 10 "$url" 2>&1 </dev/null) || fail "$cp_url does not answer as a control plane does ($answer). Can this host reach it? One that only listens on its own loopback address is started with --host 0.0.0.0"
	elif command -v wget >/dev/null 2>&1; then
		answer=$(wget -q -T 10 -t 1 -O - "$url" </dev/null) || fail "$cp_url does not answer as a control plane does. Can this host reach it? One that only listens on its own loopback address is started with --host 0.0.0.0"
	fi
}

choose_name() {
	[ -n "$name" ] || name=$(setting NODE_NAME)
	if [ -z "$name" ]; then
		[ -z "$root" ] || fail '--name is missing: the name of this host is not that of the system below --root'
		name=$(uname -n)
		name=${name%%.*}
	fi
	check_name "$name"
}

# ---- 2: Node.js ----

provide_node() {
	if find_node; then
		ok "Node.js $version ($node)"
		return
	fi
	if [ -n "$root" ]; then fail "Node.js $MIN_NODE or later is needed to run this, $found"; fi
	if command -v emerge >/dev/null 2>&1; then
		change 'install net-libs/nodejs with emerge' || return 0
		emerge --ask=n --noreplace --quiet-build=y '>=net-libs/nodejs-20.19' </dev/null || fail 'emerge could not install net-libs/nodejs; its output is above. Run it by hand, then run this again'
	elif command -v apt-get >/dev/null 2>&1 && apt_has_node; then
		change 'install nodejs with apt-get' || return 0
		DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs </dev/null || fail 'apt-get could not install nodejs; its output is above'
	else
		fail "Node.js $MIN_NODE or later is needed, $found. Install it (on Gentoo: emerge net-libs/nodejs), then run this again"
	fi
	find_node || fail "Node.js was installed, but $MIN_NODE or later is needed, $found"
	ok "Node.js $version ($node)"
}

find_node() {
	found='and there is none' version=''
	node=$(command -v node) || return 1
	check_path 'the path of node' "$node"
	version=$("$node" -p process.versions.node 2>/dev/null </dev/null) || { found="and $node does not run" && return 1; }
	found="and this is $version"
	is_recent "$version"
}

is_recent() {
	major=${1%%.*} rest=${1#*.} least=${MIN_NODE#*.}
	[ "$major" -gt "${MIN_NODE%%.*}" ] || { [ "$major" -eq "${MIN_NODE%%.*}" ] && [ "${rest%%.*}" -ge "$least" ]; }
}

apt_has_node() {
	[ -n "$dry_run" ] || apt-get update </dev/null >/dev/null 2>&1 || true
	candidate=$(apt-cache policy nodejs 2>/dev/null </dev/null | sed -n 's/^ *Candidate: //p')
	case $candidate in
		[0-9]*.*) is_recent "$candidate" ;;
		*) return 1 ;;
	esac
}

# Talks to the control plane; secrets go by file and environment, not by the command line.
swarm() {
	"$node" --input-type=module - "$@" <<'SCRIPT'
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const [what, base, ...rest] = process.argv.slice(2);
const ask = (path, options = {}) => fetch(base + path, { signal: AbortSignal.timeout(120_000), ...options });
const fail = (text) => {
	process.stderr.write(`[ERROR] ${text}\n`);
	process.exit(1);
};
const errorOf = async (answer) => {
	const text = await answer.text();
	try {
		return `${answer.status}: ${JSON.parse(text).error}`;
	} catch {
		return `${answer.status}`;
	}
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const jobs = {
	version: async () => {
		const answer = await ask('/api/v1/agent/version');
		if (!answer.ok) fail(`${base} has no agent to give (${await errorOf(answer)})`);
		const { version, sha256: hash } = await answer.json();
		if (!/^[0-9a-f]{64}$/.test(hash) || !/^[0-9A-Za-z.+-]+$/.test(version)) fail(`${base} tells no hash of its agent`);
		console.log(`${hash} ${version}`);
	},
	hash: () => console.log(sha256(readFileSync(rest[0]))),
	download: async () => {
		const answer = await ask('/api/v1/agent');
		if (!answer.ok) fail(`the agent cannot be downloaded (${await errorOf(answer)})`);
		const bytes = Buffer.from(await answer.arrayBuffer());
		if (sha256(bytes) !== rest[1]) fail(`the agent that ${base} sent is not the one it announced (sha256 ${sha256(bytes)})`);
		writeFileSync(rest[0], bytes, { mode: 0o755 });
	},
	enrol: async () => {
		const answer = await ask('/api/v1/enroll', {
			method: 'POST',
			headers: { authorization: `Bearer ${process.env.JOIN_TOKEN}`, 'content-type': 'application/json' },
			body: JSON.stringify({ id: rest[1], name: rest[2] }),
		});
		if (!answer.ok) fail(`the control plane does not enrol this drone (${await errorOf(answer)})`);
		const { token } = await answer.json();
		if (typeof token !== 'string' || !/^[\x21-\x7e]{8,512}$/.test(token)) fail('the control plane gave no credential');
		writeFileSync(rest[0], `${token}\n`, { mode: 0o600 });
	},
	whoami: async () => {
		const headers = rest[0] === '' ? {} : { authorization: `Bearer ${readFileSync(rest[0], 'utf8').trim()}` };
		const answer = await ask('/api/v1/whoami', { headers });
		if (answer.status === 401) return console.log('token nobody');
		if (!answer.ok) fail(`${base} does not answer as a control plane does (whoami: ${await errorOf(answer)})`);
		const { auth, role, drone_id: droneId } = await answer.json();
		console.log(`${auth} ${role} ${droneId ?? ''}`);
	},
};
await Promise.resolve(jobs[what]()).catch((error) => fail(`${base}: ${error.cause?.message ?? error.message}`));
SCRIPT
}

# ---- 3: agent ----

install_agent() {
	if [ -z "$version" ]; then
		change "download the agent of $cp_url to $agent" || return 0
	fi
	announced=$(swarm version "$cp_url") || exit 1
	wanted=${announced%% *} agent_version=${announced#* }
	if [ -f "$agent" ] && [ "$(swarm hash - "$agent")" = "$wanted" ]; then
		ok "agent $agent_version is there"
	elif change "install the agent $agent_version as $agent"; then
		make_directory "$lib_dir"
		draft=$agent.new.$$
		swarm download "$cp_url" "$draft" "$wanted" || exit 1
		mv -f "$draft" "$agent"
	fi
	runner=$node
	[ -z "$root" ] || runner=node
	install_text "$program" 755 "#!/bin/sh
exec $runner ${agent#"$root"} \"\$@\"
"
}

# ---- 4: settings ----

# A file that is there keeps its other lines and its comments.
write_settings() {
	choose_id
	choose_credential
	text=$(cat "$config" 2>/dev/null) || text='# Settings of this drone, KEY="value" a line. They are read by the agent and never run.'
	put GATEWAY_URL "$cp_url"
	put NODE_NAME "$name"
	[ -z "$drone_id" ] || put DRONE_ID "$drone_id"
	[ -z "$prefix" ] || put DRONE_PREFIX "$prefix"
	# A drone that needs no credential must not look for one.
	[ "$credential_is" = no ] || put DRONE_TOKEN_FILE "${credential#"$root"}"
	install_text "$config" 644 "$text
"
}

# The machine's id, which the agent finds by itself; else one of its own.
choose_id() {
	drone_id=$(setting DRONE_ID) id=$drone_id
	[ -z "$id" ] || return 0
	machine_id=$(cat "$root/etc/machine-id" 2>/dev/null) || machine_id=
	if [ -z "$prefix" ] && [ ${#machine_id} -eq 32 ]; then
		case $machine_id in *[!0-9a-f]*) ;; *) id=$machine_id && return 0 ;; esac
	fi
	drone_id=$(tr -d '\n-' </proc/sys/kernel/random/uuid)
	id=$drone_id
}

# KEY's value in the file that is there.
setting() {
	[ -f "$config" ] || return 0
	sed -n "s/^ *$1=[\"']\{0,1\}\([^\"' #]*\).*/\1/p" "$config" | tail -n 1
}

# KEY=VALUE in $text; values hold none of the letters that sed would take for its own.
put() {
	line="$1=\"$2\""
	if printf '%s\n' "$text" | grep -q "^ *$1="; then
		text=$(printf '%s\n' "$text" | sed "s|^ *$1=.*|$line|")
	else
		text="$text
$line"
	fi
}

# ---- 5: credential ----

# What is to be done: nothing (no), keep the one that is there (has), or ask for one (wants).
choose_credential() {
	credential_is=wants
	[ -n "$version" ] || return 0
	with=''
	[ ! -s "$credential" ] || with=$credential
	known=$(swarm whoami "$cp_url" "$with") || exit 1
	case $known in
		off*) credential_is=no ;;
		"token drone $id") credential_is=has ;;
		*) [ -n "$join_token" ] || fail 'the control plane asks for a credential: run this again with --join-token (made there with: build-swarmv3 token create)' ;;
	esac
}

enrol() {
	case $credential_is in
		no) ok 'the control plane asks for no credential' && return 0 ;;
		has) ok "has a credential: $credential" && return 0 ;;
	esac
	change "enrol as $name, with the credential in $credential" || return 0
	make_directory "$etc_dir"
	draft=$credential.new.$$
	JOIN_TOKEN=$join_token
	export JOIN_TOKEN
	swarm enrol "$cp_url" "$draft" "$id" "$name" || exit 1
	unset JOIN_TOKEN
	mv -f "$draft" "$credential"
}

# ---- 6: service ----

install_service() {
	if [ -z "$root" ] && [ -d /run/openrc ]; then
		openrc_service
	elif [ -z "$root" ] && [ -d /run/systemd/system ]; then
		systemd_service
	elif [ -n "$root" ] && [ -x "$root/sbin/openrc-run" ]; then
		openrc_service
	elif [ -n "$root" ] && { [ -x "$root/lib/systemd/systemd" ] || [ -x "$root/usr/lib/systemd/systemd" ]; }; then
		systemd_service
	else
		info "neither OpenRC nor systemd is here; run the drone with: ${program#"$root"}"
	fi
}

openrc_service() {
	make_directory "$root/var/log/build-swarm"
	install_text "$root/etc/init.d/swarm-drone" 755 '#!/sbin/openrc-run
# The agent reads /etc/build-swarm/drone.conf itself: settings are not run as shell.
description="Build Swarm drone"
supervisor=supervise-daemon
command=/opt/build-swarm/bin/swarm-drone
pidfile=/run/swarm-drone.pid
respawn_delay=5
respawn_max=10
respawn_period=60
retry="SIGTERM/30/SIGKILL/5"
output_log=/var/log/build-swarm/drone.log
error_log=/var/log/build-swarm/drone-error.log

depend() {
	need net
	after firewall
}
'
	link_once "$root/etc/runlevels/default/swarm-drone" /etc/init.d/swarm-drone
	[ -z "$root" ] || return 0
	if rc-service swarm-drone status >/dev/null 2>&1 </dev/null; then
		[ "$changes" -gt 0 ] && change 'restart the service' || return 0
		rc-service swarm-drone restart </dev/null || fail 'the service cannot be restarted: rc-service swarm-drone restart'
	else
		change 'start the service' || return 0
		rc-service swarm-drone start </dev/null || fail 'the service cannot be started: rc-service swarm-drone start'
	fi
}

systemd_service() {
	install_text "$root/etc/systemd/system/swarm-drone.service" 644 '[Unit]
Description=Build Swarm drone
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/opt/build-swarm/bin/swarm-drone
Restart=always
RestartSec=5
TimeoutStopSec=30
# It is not let in; starting again would not help.
RestartPreventExitStatus=77
KillMode=mixed

[Install]
WantedBy=multi-user.target
'
	link_once "$root/etc/systemd/system/multi-user.target.wants/swarm-drone.service" /etc/systemd/system/swarm-drone.service
	[ -z "$root" ] || return 0
	if systemctl is-active --quiet swarm-drone </dev/null; then
		[ "$changes" -gt 0 ] && change 'restart the service' || return 0
	else
		change 'start the service' || return 0
	fi
	{ systemctl daemon-reload && systemctl restart swarm-drone; } </dev/null || fail 'the service cannot be started: systemctl status swarm-drone'
}

# ---- changes ----

# Announces a change; false in a dry run, in which it is not made.
change() {
	changes=$((changes + 1))
	if [ -n "$dry_run" ]; then
		printf '[DRY] would %s\n' "$1"
		return 1
	fi
	printf '[INFO] %s\n' "$1"
}

# FILE with MODE and TEXT (which ends in a line feed), by rename; nothing happens if it is so already.
install_text() {
	if [ -f "$1" ] && printf '%s' "$3" | cmp -s - "$1"; then
		ok "$1 is as it should be"
		return 0
	fi
	change "write $1" || return 0
	make_directory "$(dirname "$1")"
	draft=$1.new.$$
	printf '%s' "$3" >"$draft"
	chmod "$2" "$draft"
	mv -f "$draft" "$1"
}

link_once() {
	[ "$(readlink "$1" 2>/dev/null)" != "$2" ] || return 0
	change "link $1" || return 0
	make_directory "$(dirname "$1")"
	ln -sfn "$2" "$1"
}

make_directory() {
	[ -d "$1" ] || [ -n "$dry_run" ] || mkdir -p "$1"
}

clean_up() {
	[ -z "${draft:-}" ] || rm -f "$draft"
}

# ---- what it says ----

summary() {
	if [ -n "$dry_run" ]; then
		ok "dry run: $changes change(s) would be made, none was"
	elif [ "$changes" -eq 0 ]; then
		ok "nothing to change: $name is a drone of $cp_url"
	else
		ok "$name is a drone of $cp_url ($changes change(s) made)"
	fi
}

step() {
	printf '\n── %s/%s %s ──\n' "$1" "$STEPS" "$2"
}

info() {
	printf '[INFO] %s\n' "$*"
}

ok() {
	printf '[OK] %s\n' "$*"
}

fail() {
	printf '[ERROR] %s\n' "$*" >&2
	exit 1
}

main "$@"
