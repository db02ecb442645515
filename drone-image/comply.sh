#!/bin/sh
# shellcheck shell=dash
# Checks this host against the spec of drones: ten checks, read only.
#
#   comply.sh [--spec FILE | --spec-base64 TEXT] [--json] [--quiet] [--root DIR]
#
# Needs no file beside it, so that it also runs as  ssh HOST bash -s -- --json --spec-base64 TEXT < comply.sh
# Exit status: 0 all is well, 1 warnings, 2 failures or no spec.
set -u
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

readonly DEFAULT_SPEC=/etc/build-swarm/drone.spec
readonly TAB='	'
readonly BOOTSTRAP_ADVICE='run the bootstrap script again'

usage() {
	cat <<'TEXT'
Checks this host against the spec of drones.

  --spec FILE          the spec (default: /etc/build-swarm/drone.spec, else standard input)
  --spec-base64 TEXT   the spec itself, in base64
  --json               print one JSON object
  --quiet              print only what is not well
  --root DIR           check the system below DIR, an image say
  -h, --help           this text

Exit status: 0 all is well, 1 warnings, 2 failures or no spec.
TEXT
}

main() {
	read_options "$@"
	load_spec
	look_around
	begin_report
	check_profile
	check_packages
	check_world
	check_forbidden
	check_commands
	check_directories
	check_files
	check_services
	check_make_conf
	check_portage_tree
	end_report
	if [ "$fails" -gt 0 ]; then exit 2; elif [ "$warns" -gt 0 ]; then exit 1; fi
	exit 0
}

# ---- options and spec ----

read_options() {
	spec_file='' spec_text='' json='' quiet='' root=''
	while [ $# -gt 0 ]; do
		case $1 in
			--spec | --spec-base64 | --root)
				[ $# -ge 2 ] || refuse "$1 needs a value"
				take "$1" "$2"
				shift
				;;
			--spec=* | --spec-base64=* | --root=*) take "${1%%=*}" "${1#*=}" ;;
			--json) json=yes ;;
			--quiet) quiet=yes ;;
			-h | --help) usage && exit 0 ;;
			*) refuse "unknown option $1 (--help lists them)" ;;
		esac
		shift
	done
}

take() {
	case $1 in
		--spec)
			[ -f "$2" ] || refuse "there is no spec $2"
			spec_file=$2
			;;
		--spec-base64) spec_text=$(printf '%s' "$2" | base64 -d 2>/dev/null) || refuse '--spec-base64 is not base64' ;;
		--root)
			[ -d "$2" ] || refuse "--root $2 is no directory"
			root=${2%/}
			;;
	esac
}

refuse() {
	printf 'comply.sh: %s\n' "$1" >&2
	exit 2
}

# The spec as lines KEY<tab>VALUE, one for each value of a list.
load_spec() {
	if [ -z "$spec_text" ]; then
		[ -n "$spec_file" ] || [ ! -f "$root$DEFAULT_SPEC" ] || spec_file=$root$DEFAULT_SPEC
		if [ -n "$spec_file" ]; then
			spec_text=$(cat "$spec_file") || refuse "$spec_file cannot be read"
		elif [ -p /dev/stdin ] || [ -f /dev/stdin ]; then
			spec_text=$(cat)
		fi
	fi
	[ -n "$spec_text" ] || refuse "there is no spec: give one with --spec FILE, or run the bootstrap script, which installs $DEFAULT_SPEC"
	spec=$(printf '%s' "$spec_text" | spec_lines) || refuse "the spec cannot be used: ${spec:-it is no JSON}"
}

# JSON on standard input; by Python, which Portage needs anyway, else by Node.js, which the agent needs.
spec_lines() {
	if command -v python3 >/dev/null 2>&1; then
		python3 -c '
import json, sys
def refuse(why):
    print(why)
    sys.exit(1)
try:
    spec = json.load(sys.stdin)
except ValueError as error:
    refuse(f"it is no JSON ({error})")
if not isinstance(spec, dict):
    refuse("it is no JSON object")
strings = ["updated", "profile"]
lists = ["world_packages", "forbidden_patterns", "required_commands", "required_services", "required_dirs", "required_files", "make_conf_required_features"]
numbers = ["spec_version", "max_packages", "warn_packages"]
for kind, keys in ((str, strings), (list, lists), (int, numbers)):
    for key in keys:
        if not isinstance(spec.get(key), kind):
            refuse(f"{key} is missing or no {kind.__name__}")
def show(prefix, values):
    for key, value in values.items():
        if isinstance(value, dict):
            show(f"{key}.", value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, (str, int)):
                print(f"{prefix}{key}\t{one}".replace("\n", " "))
show("", spec)
'
	elif command -v node >/dev/null 2>&1; then
		# shellcheck disable=SC2016
		node -e '
const refuse = (why) => { console.log(why); process.exit(1); };
let spec;
try { spec = JSON.parse(require("fs").readFileSync(0, "utf8")); } catch (error) { refuse(`it is no JSON (${error.message})`); }
if (spec === null || typeof spec !== "object" || typeof spec.profile !== "string") refuse("profile is missing or no str");
const show = (prefix, values) => {
	for (const [key, value] of Object.entries(values)) {
		if (value !== null && typeof value === "object" && !Array.isArray(value)) { show(`${key}.`, value); continue; }
		for (const one of [value].flat()) console.log(`${prefix}${key}\t${one}`.replaceAll("\n", " "));
	}
};
show("", spec);
'
	else
		printf 'there is neither python3 nor node to read it with'
		return 1
	fi
}

# The values of a key, a line each; those for systemd where that runs.
wanted() {
	if [ "$init" = systemd ] && has_key "systemd.$1"; then
		values_of "systemd.$1"
	else
		values_of "$1"
	fi
}

values_of() {
	printf '%s\n' "$spec" | awk -F "$TAB" -v key="$1" '$1 == key { print substr($0, length(key) + 2) }'
}

has_key() {
	[ -n "$(values_of "$1")" ]
}

# ---- this host ----

look_around() {
	conf=$root/etc/build-swarm/drone.conf
	drone=$(setting NODE_NAME)
	prefix=$(setting DRONE_PREFIX)
	portage=$root$prefix
	host=$(uname -n)
	[ -z "$root" ] || host=$(cat "$root/etc/hostname" 2>/dev/null) || host=$root
	init=other
	if [ -z "$root" ] && [ -d /run/systemd/system ]; then
		init=systemd
	elif [ -x "$root/sbin/openrc-run" ]; then
		init=openrc
	elif [ -n "$root" ] && { [ -x "$root/lib/systemd/systemd" ] || [ -x "$root/usr/lib/systemd/systemd" ]; }; then
		init=systemd
	fi
}

setting() {
	[ -f "$conf" ] || return 0
	sed -n "s/^ *$1=[\"']\{0,1\}\([^\"' #]*\).*/\1/p" "$conf" | tail -n 1
}

# ---- the checks: each tells what it found ----

check_profile() {
	about 1 profile profile
	local link
	expected=$(wanted profile)
	link=$(readlink "$portage/etc/portage/make.profile" 2>/dev/null) || link=''
	case $link in
		*/profiles/*) found=${link##*/profiles/} ;;
		*) found=$(readlink -f "$portage/etc/portage/make.profile" 2>/dev/null | sed -n 's|.*/profiles/||p') ;;
	esac
	found=${found%/}
	if [ -z "$found" ]; then
		bad profile "cannot be read (expected: $expected)" "$BOOTSTRAP_ADVICE"
	elif [ "$found" != "$expected" ]; then
		bad profile "$found (expected: $expected)" "eselect profile set $expected"
	else
		pass profile "$found"
	fi
}

check_packages() {
	about 2 packages packages
	local most warn_at
	most=$(values_of max_packages) warn_at=$(values_of warn_packages)
	expected="at most $warn_at, never more than $most"
	if [ ! -d "$portage/var/db/pkg" ]; then
		found='no package database'
		bad packages "there is no package database ($portage/var/db/pkg)" 'is this a Gentoo system?'
		return
	fi
	found=$(installed | wc -l | tr -d ' ')
	if [ "$found" -le "$warn_at" ]; then
		pass packages "$found installed (limit: $most)"
	elif [ "$found" -le "$most" ]; then
		warn packages "$found installed (more than $warn_at; limit: $most)" 'see what nothing needs: emerge --pretend --depclean'
	else
		bad packages "$found installed (limit: $most)" 'remove what nothing needs: bootstrap.sh --prune'
	fi
}

# Every installed package as category/name-version.
installed() {
	(cd "$portage/var/db/pkg" 2>/dev/null && for one in */*/; do
		case $one in '*/*/' | */-MERGING-* | .* | */.*) ;; *) printf '%s\n' "${one%/}" ;; esac
	done)
}

check_world() {
	about 3 world 'world file'
	local file=$portage/var/lib/portage/world own atoms atom missing='' extra=''
	atoms=$(wanted world_packages)
	expected=$(printf '%s\n' "$atoms" | wc -l | tr -d ' ')" packages"
	if [ ! -f "$file" ]; then
		found='no world file'
		bad world_file "$file is missing" "$BOOTSTRAP_ADVICE"
		return
	fi
	own=$(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' -e '/^@/d' "$file")
	for atom in $atoms; do
		is_among "$atom" "$own" || missing="$missing $atom"
	done
	set -f
	for atom in $own; do
		is_among "$atom" "$atoms" || is_allowed "$atom" || extra="$extra $atom"
	done
	set +f
	found=$(printf '%s\n' "$own" | grep -c .)" packages"
	[ -z "$missing" ] || bad world_missing "${missing# }" "$BOOTSTRAP_ADVICE"
	[ -z "$extra" ] || warn world_extra "${extra# }" 'emerge --deselect what this drone does not need'
	[ -n "$missing$extra" ] || pass world_file "$found, as they should be"
}

# Whether a line of $2 is the atom $1; a slot at one of both does not matter.
is_among() {
	local other
	for other in $2; do
		[ "$1" != "$other" ] && [ "${1%%:*}" != "$other" ] && [ "$1" != "${other%%:*}" ] || return 0
	done
	return 1
}

# The wildcards of Portage are those of the shell, but for brackets, which the schema of the spec has not.
is_allowed() {
	local pattern
	for pattern in $(values_of world_allowed); do
		# shellcheck disable=SC2254
		case ${1%%:*} in $pattern) return 0 ;; esac
	done
	return 1
}

check_forbidden() {
	about 4 forbidden 'forbidden packages'
	local pattern one hits all exceptions
	all=$(installed) exceptions=$(values_of forbidden_exceptions)
	expected='none of them installed' found=0
	set -f
	for pattern in $(values_of forbidden_patterns); do
		hits=0
		for one in $all; do
			# shellcheck disable=SC2254
			case $one in
				${pattern}*) is_exception "$one" "$exceptions" || { hits=$((hits + 1)) && forbid "$one" "$pattern" "$hits"; } ;;
			esac
		done
		found=$((found + hits))
	done
	set +f
	[ "$found" -gt 0 ] || pass forbidden 'none installed'
	found="$found installed"
}

is_exception() {
	local name
	for name in $2; do
		case $1 in "$name"-[0-9]*) return 0 ;; esac
	done
	return 1
}

# At most five lines for each pattern.
forbid() {
	[ "$3" -gt 5 ] || bad forbidden "$1 (by $2)" "emerge --depclean =$1"
}

check_commands() {
	about 5 commands commands
	local name missing=''
	for name in $(values_of required_commands); do
		has_command "$name" || missing="$missing $name"
	done
	expected=$(joined required_commands)
	found="missing:$missing"
	if [ -n "$missing" ]; then
		bad commands "missing:$missing" 'install the packages that bring them, or run the bootstrap script again'
	else
		found='all there'
		pass commands 'all there'
	fi
}

has_command() {
	local place
	if [ -z "$root" ]; then
		command -v "$1" >/dev/null 2>&1 && return 0
	fi
	for place in "$portage/usr/bin" "$portage/usr/sbin" "$portage/bin" "$portage/sbin" "$root/usr/bin" "$root/usr/sbin" "$root/bin" "$root/sbin"; do
		[ ! -x "$place/$1" ] || return 0
	done
	return 1
}

joined() {
	wanted "$1" | paste -s -d ' ' -
}

check_directories() {
	about 6 directories directories
	local one missing=''
	for one in $(values_of required_dirs); do
		[ -d "$root$one" ] || [ -d "$portage$one" ] || missing="$missing $one"
	done
	expected=$(joined required_dirs)
	found="missing:$missing"
	if [ -n "$missing" ]; then
		bad directories "missing:$missing" "$BOOTSTRAP_ADVICE"
	else
		found='all there'
		pass directories 'all there'
	fi
}

check_files() {
	about 7 files files
	local one count=0
	for one in $(values_of required_files); do
		if [ ! -f "$root$one" ] && [ ! -e "$portage$one" ]; then
			bad files "$one is missing" "$BOOTSTRAP_ADVICE"
			count=$((count + 1))
		fi
	done
	expected=$(joined required_files)
	found="$count missing"
	if [ "$count" -eq 0 ]; then
		found='all there'
		pass files 'all there'
	fi
}

check_services() {
	about 8 services services
	local name well=0 all=0
	for name in $(wanted required_services); do
		all=$((all + 1))
		if ! is_service "$name"; then
			bad service "$name is not installed" "$BOOTSTRAP_ADVICE"
		elif runs "$name"; then
			well=$((well + 1))
			pass service "$name $state"
		else
			warn service "$name $state" "$start_advice"
		fi
	done
	expected="running: $(joined required_services)"
	found="$well of $all"
}

is_service() {
	case $init in
		systemd) has_unit "$1" ;;
		*) [ -f "$root/etc/init.d/$1" ] ;;
	esac
}

has_unit() {
	local place
	for place in etc/systemd/system usr/lib/systemd/system lib/systemd/system usr/local/lib/systemd/system; do
		[ ! -e "$root/$place/$1.service" ] || return 0
	done
	return 1
}

# In an image nothing runs: there it has to be started with the system.
runs() {
	if [ -n "$root" ]; then
		state='is not started with the system' start_advice="$BOOTSTRAP_ADVICE"
		set +f
		for link in "$root"/etc/runlevels/*/"$1" "$root"/etc/systemd/system/*.wants/"$1.service"; do
			[ ! -L "$link" ] || { state='is started with the system' && return 0; }
		done
		return 1
	fi
	state='is running'
	if [ "$init" = systemd ]; then
		start_advice="systemctl start $1"
		systemctl is-active --quiet "$1" </dev/null >/dev/null 2>&1 && return 0
	else
		start_advice="rc-service $1 start"
		rc-service "$1" status </dev/null >/dev/null 2>&1 && return 0
	fi
	state='is installed, but does not run'
	return 1
}

check_make_conf() {
	about 9 make_conf make.conf
	local file=$portage/etc/portage/make.conf one missing='' features
	expected=$(joined make_conf_required_features)
	if [ ! -e "$file" ]; then
		found='no make.conf'
		bad make_conf "$file is missing" "$BOOTSTRAP_ADVICE"
		return
	fi
	if ! features=$(features_in "$file"); then
		found='cannot be read'
		bad make_conf "the FEATURES in $file cannot be read" 'look at it: portageq envvar FEATURES'
		return
	fi
	for one in $(values_of make_conf_required_features); do
		case " $features " in *" $one "*) ;; *) missing="$missing $one" ;; esac
	done
	found=$features
	if [ -n "$missing" ]; then
		bad make_conf "FEATURES lacks:$missing" "$BOOTSTRAP_ADVICE"
	else
		pass make_conf "FEATURES has $expected"
	fi
}

# What Portage makes of it, which counts -buildpkg and what the profile says; else what the file itself says.
features_in() {
	local features
	if [ -z "$root" ] && command -v portageq >/dev/null 2>&1; then
		if [ -n "$prefix" ]; then
			features=$(PORTAGE_OVERRIDE_EPREFIX=$prefix PORTAGE_CONFIGROOT=$prefix portageq envvar FEATURES 2>/dev/null </dev/null)
		else
			features=$(portageq envvar FEATURES 2>/dev/null </dev/null)
		fi
		[ -z "$features" ] || { printf '%s' "$features" && return 0; }
	fi
	# shellcheck disable=SC2016
	python3 -c '
import os, shlex, sys
path = sys.argv[1]
names = sorted(os.listdir(path)) if os.path.isdir(path) else [""]
known = []
for name in names:
    with open(os.path.join(path, name) if name else path) as file:
        for token in shlex.split(file.read(), comments=True):
            if token.startswith("FEATURES="):
                known = (token[9:].replace("${FEATURES}", " ".join(known)).replace("$FEATURES", " ".join(known))).split()
now = []
for one in known:
    if one.startswith("-"):
        now = [] if one == "-*" else [other for other in now if other != one[1:]]
    else:
        now.append(one)
print(" ".join(now))
' "$1" 2>/dev/null </dev/null
}

check_portage_tree() {
	about 10 portage_tree 'ebuild repository'
	local tree link stamp then_s days
	expected='synced within 7 days' tree=''
	link=$(readlink "$portage/etc/portage/make.profile" 2>/dev/null) || link=''
	case $link in
		/*/profiles/*) tree=$root${link%%/profiles/*} ;;
		*/profiles/*) tree=$portage/etc/portage/${link%%/profiles/*} ;;
	esac
	[ -n "$tree" ] && [ -d "$tree" ] || tree=$portage/var/db/repos/gentoo
	found='no timestamp'
	stamp=$(head -n 1 "$tree/metadata/timestamp.chk" 2>/dev/null) || stamp=''
	if [ -z "$stamp" ]; then
		warn portage_tree "timestamp not found in $tree" 'emerge --sync'
	elif ! then_s=$(date -u -d "$stamp" +%s 2>/dev/null); then
		found=$stamp
		warn portage_tree "the timestamp of $tree is no date: $stamp" 'emerge --sync'
	else
		days=$((($(date +%s) - then_s) / 86400))
		found="$days days old"
		if [ "$days" -le 7 ]; then pass portage_tree "$found"; else warn portage_tree "$found" 'emerge --sync'; fi
	fi
}

# ---- what it says ----

begin_report() {
	passes=0 warns=0 fails=0 records='' number=''
	colour_on='' colour_off=''
	if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then colour_on=yes colour_off=$(printf '\033[0m'); fi
	[ -n "$json$quiet" ] || printf 'Build Swarm drone compliance, spec v%s (%s)\n%s  %s\n\n' \
		"$(values_of spec_version)" "$(values_of updated)" "$(date '+%Y-%m-%d %H:%M:%S')" "$host"
}

# NUMBER ID TITLE: a check begins, and the one before has ended.
about() {
	close_check
	number=$1 id=$2 title=$3
	status=pass found='' expected='' advice='' details=''
}

close_check() {
	[ -n "$number" ] || return 0
	record C "$number" "$id" "$title" "$status" "$found" "$expected" "$advice"
	records=$records$details
}

pass() {
	passes=$((passes + 1))
	finding PASS 32 "$1" "$2"
}

warn() {
	warns=$((warns + 1))
	[ "$status" = fail ] || status=warn
	not_well "$1" "$2" "$3"
	finding WARN 33 "$1" "$2"
}

bad() {
	fails=$((fails + 1))
	status=fail
	not_well "$1" "$2" "$3"
	finding FAIL 31 "$1" "$2"
}

not_well() {
	[ -n "$advice" ] || advice=$3
	details="${details}D$TAB$(flat "$1: $2")
"
}

finding() {
	[ -z "$json" ] || return 0
	[ -z "$quiet" ] || [ "$1" != PASS ] || return 0
	[ -z "$colour_on" ] || printf '\033[%sm' "$2"
	printf '%s%s  %-15s  %s\n' "$1" "$colour_off" "$3" "$4"
}

record() {
	local field
	for field in "$@"; do
		records=$records$(flat "$field")$TAB
	done
	records="$records
"
}

flat() {
	printf '%s' "$1" | tr '\t\n\r' '   '
}

end_report() {
	close_check
	if [ -n "$json" ]; then
		report_json
	elif [ -z "$quiet" ] || [ $((warns + fails)) -gt 0 ]; then
		printf '\nSUMMARY: %s PASS, %s WARN, %s FAIL  (%s checks)\n' "$passes" "$warns" "$fails" $((passes + warns + fails))
	fi
}

report_json() {
	local verdict=pass
	[ "$warns" -eq 0 ] || verdict=warn
	[ "$fails" -eq 0 ] || verdict=fail
	record H "$(values_of spec_version)" "$(values_of updated)" "$host" "$drone" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$verdict"
	# By sed, for every awk has another idea of backslashes in what it puts in.
	printf '%s' "$records" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | awk -F "$TAB" '
		function text(value) {
			gsub(/[\001-\037\177]/, " ", value)
			return "\"" value "\""
		}
		function maybe(value) { return value == "" ? "null" : text(value) }
		$1 == "C" {
			checks = checks (number++ ? "]}," : "") "{\"id\":" text($3) ",\"number\":" $2 ",\"title\":" text($4) ",\"status\":" text($5) \
				",\"found\":" text($6) ",\"expected\":" text($7) ",\"advice\":" maybe($8) ",\"details\":["
			many = 0
		}
		$1 == "D" { checks = checks (many++ ? "," : "") text($2) }
		$1 == "H" {
			print "{\"spec_version\":" $2 ",\"updated\":" text($3) ",\"host\":" text($4) ",\"drone\":" maybe($5) \
				",\"time\":" text($6) ",\"verdict\":" text($7) ",\"checks\":[" checks "]}]}"
		}'
}

main "$@"
