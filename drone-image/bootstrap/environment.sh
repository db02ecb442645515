# Step 1: what this host is, whether the control plane can be reached and lets it in. All that can go wrong
# early does so here, before an update takes hours; the join token, which is good for a short time, is used here.

do_environment() {
	check_rights
	check_portage
	read_spec
	check_arch
	describe_host
	check_control_plane
	choose_name
	choose_id
	choose_credential
	write_settings
	enrol
	ok "drone $name of $gateway_url"
}

check_rights() {
	[ "$(id -u)" = 0 ] || [ -n "$root" ] || fail 'a drone is set up by root: run this with sudo, or as root'
	[ -z "$root" ] || [ -d "$root" ] || fail "--root $root is no directory"
	command -v python3 >/dev/null 2>&1 || fail 'there is no python3 on this host: Portage needs it, and so does this script'
}

check_portage() {
	if [ -n "$prefix" ]; then
		[ -f "$portage/etc/portage/make.conf" ] || fail "--prefix $prefix is no Portage prefix: it has no etc/portage/make.conf"
		info "builds in the Portage prefix $prefix"
	elif [ -n "$root" ]; then
		[ -x "$root/usr/bin/emerge" ] || fail "there is no Portage below $root (usr/bin/emerge)"
	else
		command -v emerge >/dev/null 2>&1 || fail 'there is no Portage (emerge) on this host: a drone is a Gentoo system, or is given a prefix with --prefix DIR'
	fi
}

# As lines KEY<tab>VALUE.
read_spec() {
	spec=$(image_file drone.spec | python3 -c '
import json, sys
def show(prefix, values):
    for key, value in values.items():
        if isinstance(value, dict):
            show(f"{prefix}{key}.", value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, (str, int)):
                print(f"{prefix}{key}\t{one}")
show("", json.load(sys.stdin))
' 2>/dev/null) || fail 'drone.spec is no JSON object'
	[ -n "$(spec_values profile)" ] || fail 'drone.spec names no profile'
}

spec_values() {
	printf '%s\n' "$spec" | awk -F '\t' -v key="$1" '$1 == key { print $2 }'
}

# The same, for systemd where that runs.
spec_values_here() {
	if [ "$(init_system)" = systemd ] && [ -n "$(spec_values "systemd.$1")" ]; then
		spec_values "systemd.$1"
	else
		spec_values "$1"
	fi
}

# openrc, systemd or none.
init_system() {
	if [ -z "$root" ] && [ -d /run/openrc ]; then
		echo openrc
	elif [ -z "$root" ] && [ -d /run/systemd/system ]; then
		echo systemd
	elif [ -n "$root" ] && [ -x "$root/sbin/openrc-run" ]; then
		echo openrc
	elif [ -n "$root" ] && { [ -x "$root/lib/systemd/systemd" ] || [ -x "$root/usr/lib/systemd/systemd" ]; }; then
		echo systemd
	else
		echo none
	fi
}

# Packages for another processor would be of no use to anybody.
check_arch() {
	local have wanted
	wanted=$(spec_values arch)
	if [ -z "$wanted" ] || [ -n "$root$prefix" ]; then return 0; fi
	case $(uname -m) in
		x86_64) have=amd64 ;;
		i?86) have=x86 ;;
		aarch64) have=arm64 ;;
		armv*) have=arm ;;
		ppc64*) have=ppc64 ;;
		riscv*) have=riscv ;;
		*) have=$(uname -m) ;;
	esac
	[ "$have" = "$wanted" ] || fail "this host is $have, and drone.spec is for $wanted: give it a spec of its own with --image DIR"
}

describe_host() {
	local kind ram_gb free_gb
	kind='bare metal'
	if { tr '\000' '\n' </proc/1/environ; } 2>/dev/null | grep -q '^container='; then
		kind='a container'
	elif grep -qE 'QEMU|KVM|Virtual|Proxmox' /sys/class/dmi/id/product_name 2>/dev/null; then
		kind='a virtual machine'
	fi
	cores=$(nproc 2>/dev/null) || cores=1
	ram_gb=$(awk '$1 == "MemTotal:" { printf "%d", $2 / 1048576 + 0.5 }' /proc/meminfo 2>/dev/null) || ram_gb='?'
	free_gb=$(df -Pk "${root:-/}" 2>/dev/null | awk 'NR == 2 { printf "%d", $4 / 1048576 }') || free_gb=''
	info "$kind, $cores processor(s), $ram_gb GB of memory, ${free_gb:-?} GB free"
	if [ -n "$free_gb" ] && [ "$free_gb" -lt 20 ] && [ -z "$root" ]; then info 'less than 20 GB free: large packages may not find room'; fi
}

check_control_plane() {
	local answer
	answer=$(plane health "$cp_url") || fail "$cp_url does not answer as a control plane does ($answer). Can this host reach it? One that only listens on its own loopback address is started with --host 0.0.0.0"
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

# The machine's id, which the agent finds by itself; else one of its own.
choose_id() {
	local machine_id
	drone_id=$(setting DRONE_ID) id=$drone_id
	[ -z "$id" ] || return 0
	machine_id=$(cat "$root/etc/machine-id" 2>/dev/null) || machine_id=''
	if [ -z "$prefix" ] && [ ${#machine_id} -eq 32 ]; then
		case $machine_id in *[!0-9a-f]*) ;; *) id=$machine_id && return 0 ;; esac
	fi
	drone_id=$(tr -d '\n-' </proc/sys/kernel/random/uuid)
	id=$drone_id
}

# What is to be done: nothing (no), keep the one that is there (has), or ask for one (wants).
choose_credential() {
	local known with=''
	[ ! -s "$credential" ] || with=$credential
	known=$(plane whoami "$cp_url" "$with") || fail "$known"
	case $known in
		off*) credential_is=no ;;
		"token drone $id") credential_is=has ;;
		*)
			credential_is=wants
			[ -n "$join_token" ] || fail 'the control plane asks for a credential: run this again with --join-token-file FILE, or with the join token in the variable BUILD_SWARM_JOIN_TOKEN (made there with: build-swarmv3 token create)'
			;;
	esac
}

# A file that is there keeps its other lines and its comments. The id has to be kept before it is enrolled.
write_settings() {
	local text
	text=$(cat "$config" 2>/dev/null) || text='# Settings of this drone, KEY="value" a line. They are read by the agent and never run.'
	put GATEWAY_URL "$gateway_url"
	put NODE_NAME "$name"
	[ -z "$drone_id" ] || put DRONE_ID "$drone_id"
	[ -z "$prefix" ] || put DRONE_PREFIX "$prefix"
	# A drone that needs no credential must not look for one.
	[ "$credential_is" = no ] || put DRONE_TOKEN_FILE "${credential#"$root"}"
	matters put_text "$config" keep:644 "$text
"
}

# A change after which the service has to be started anew.
matters() {
	local before=$changes
	"$@"
	service_changes=$((service_changes + changes - before))
}

# KEY's value in the file that is there.
setting() {
	[ -f "$config" ] || return 0
	sed -n "s/^ *$1=[\"']\{0,1\}\([^\"' #]*\).*/\1/p" "$config" | tail -n 1
}

# KEY=VALUE in $text; values hold none of the letters that sed would take for its own.
put() {
	local line="$1=\"$2\""
	if printf '%s\n' "$text" | grep -q "^ *$1="; then
		text=$(printf '%s\n' "$text" | sed "s|^ *$1=.*|$line|")
	else
		text="$text
$line"
	fi
}

enrol() {
	local said
	case $credential_is in
		no) info 'the control plane asks for no credential' && return 0 ;;
		has) info "has a credential: $credential" && return 0 ;;
	esac
	change "enrol as $name, with the credential in $credential" || return 0
	make_directory "$etc_dir"
	remember "$credential"
	draft=$(draft_of "$credential")
	said=$(JOIN_TOKEN=$join_token plane enrol "$cp_url" "$draft" "$id" "$name") || fail "$said"
	put_draft "$credential" 600
	service_changes=$((service_changes + 1))
}
