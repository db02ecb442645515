#!/bin/sh
# shellcheck shell=dash disable=SC2034,SC2154
# Turns this host into a drone of a Build Swarm:
#
#   curl -s http://CP:8100/api/v1/provision/bootstrap | bash -s -- --cp-url http://CP:8100 --name NAME
#
# Handed out with its parts (bootstrap/) and its files before it in the same text, each as it is; nothing runs
# before the last line was read, so that half a download does nothing. What a second run finds as it should be
# stays untouched. Whatever is changed is kept first, and --undo puts it back. Any POSIX shell that knows "local".
set -eu
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 022

usage() {
	cat <<'TEXT'
Turns this host into a drone of a Build Swarm.

  --cp-url URL            address of the control plane, such as http://10.0.0.5:8100
                          (required, except with --undo)
  --gateway-url URL       the address that the drone itself uses (default: that of --cp-url)
  --name NAME             name of the drone (default: the one it has, else the host's)
  --join-token-file FILE  enrols the drone with the join token in FILE; the variable
                          BUILD_SWARM_JOIN_TOKEN does the same
  --join-token TOKEN      the same; everybody on this host can read it
  --prune                 remove the packages that nothing needs any more
  --no-sync               leave the ebuild repository as it is
  --no-update             leave the installed packages as they are
  --drone-bin FILE        install this agent instead of the control plane's
  --image DIR             use the files in DIR instead of the ones that came along
  --prefix DIR            Portage prefix to build in (default: the system itself);
                          Portage is then left as it is
  --root DIR              set up the system below DIR, an image say; nothing is run there
  --dry-run               show every change as a diff, and write nothing at all
  --undo                  put back everything that this script ever changed here
  --undo-last             put back what its last run changed
  --packages              with these: put back the installed packages too
  --yes                   do not ask before something is put back
  --steps-json            tell each step as a line for programs on standard output:
                            @@step {"number":3,"of":10,"id":"make_conf","title":"make.conf",
                                    "state":"done","seconds":0.12,"changes":1,"says":"..."}
                          with state running, then done, unchanged, skipped or failed, and
                          at the end @@end {"state":"done|failed","changes":7,"warnings":0,
                          "dry_run":false,"journal":"...","says":"..."}; all else is told
                          on standard error
  -h, --help              this text

An update that takes hours goes on when the connection is lost: the same command again
looks on until it has ended, and does the rest.
TEXT
}

main() {
	join_token=${BUILD_SWARM_JOIN_TOKEN:-}
	unset BUILD_SWARM_JOIN_TOKEN
	read_options "$@"
	set_paths
	open_output
	trap leave EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 141' PIPE
	take_lock
	if [ -n "$undo" ]; then
		undo_runs
		return
	fi
	mend_interrupted
	step 1 environment environment
	do_environment
	step 2 profile profile
	do_profile
	step 3 make_conf make.conf
	do_make_conf
	step 4 package_config 'package config'
	do_package_config
	step 5 portage_tree 'portage tree'
	do_portage_tree
	step 6 world world
	do_world
	step 7 update update
	do_update
	step 8 prune prune
	do_prune
	step 9 agent agent
	do_agent
	step 10 service service
	do_service
	end_step
	summary
}

readonly MIN_NODE=20.19

# Where everything lies; all below --root.
set_paths() {
	lib_dir=$root/opt/build-swarm/lib bin_dir=$root/opt/build-swarm/bin etc_dir=$root/etc/build-swarm
	agent=$lib_dir/swarm-drone.mjs program=$bin_dir/swarm-drone
	config=$etc_dir/drone.conf credential=$etc_dir/drone.token
	state_dir=$root/var/lib/build-swarm
	portage=$root$prefix
}

# ---- options ----

read_options() {
	cp_url='' gateway_url='' name='' prefix='' root='' image='' drone_bin=''
	dry_run='' prune='' no_sync='' no_update='' undo='' packages='' yes='' steps_json=''
	while [ $# -gt 0 ]; do
		case $1 in
			--cp-url | --control-plane | --gateway-url | --name | --join-token | --join-token-file | --prefix | --root | --image | --drone-bin)
				[ $# -ge 2 ] || refuse "$1 needs a value"
				take_option "$1" "$2"
				shift
				;;
			--cp-url=* | --control-plane=* | --gateway-url=* | --name=* | --join-token=* | --join-token-file=* | --prefix=* | --root=* | --image=* | --drone-bin=*)
				take_option "${1%%=*}" "${1#*=}"
				;;
			--dry-run) dry_run=yes ;;
			--prune) prune=yes ;;
			--no-sync) no_sync=yes ;;
			--no-update) no_update=yes ;;
			--undo) undo=all ;;
			--undo-last) undo=last ;;
			--packages) packages=yes ;;
			--yes) yes=yes ;;
			--steps-json) steps_json=yes ;;
			-h | --help) usage && exit 0 ;;
			*) refuse "Unknown option: $1 (--help lists them)" ;;
		esac
		shift
	done
	[ -n "$undo" ] || check_urls
	case $join_token in
		*[!A-Za-z0-9._~+/=:-]*) refuse '--join-token holds letters that no token has' ;;
	esac
}

take_option() {
	case $1 in
		--cp-url | --control-plane) cp_url=$2 ;;
		--gateway-url) gateway_url=$2 ;;
		--name) name=$2 && check_name "$name" ;;
		--join-token) join_token=$2 ;;
		--join-token-file) join_token=$(cat "$2" 2>/dev/null) || refuse "--join-token-file $2 cannot be read" ;;
		--prefix) prefix=${2%/} && check_path --prefix "$2" ;;
		--root) root=${2%/} && check_path --root "$2" ;;
		--image)
			[ -f "$2/drone.spec" ] || refuse "--image $2 holds no drone.spec"
			image=$2
			;;
		--drone-bin)
			[ -f "$2" ] || refuse "--drone-bin $2 is no file"
			drone_bin=$2
			;;
	esac
}

check_urls() {
	[ -n "$cp_url" ] || refuse 'Missing --cp-url: the address of the control plane, such as http://10.0.0.5:8100'
	check_url --cp-url "$cp_url"
	[ -n "$gateway_url" ] || gateway_url=$cp_url
	check_url --gateway-url "$gateway_url"
	while [ "${cp_url%/}" != "$cp_url" ]; do cp_url=${cp_url%/}; done
	while [ "${gateway_url%/}" != "$gateway_url" ]; do gateway_url=${gateway_url%/}; done
}

check_url() {
	case $2 in
		*[!][A-Za-z0-9._:/~-]*) refuse "$1 holds letters that no address has" ;;
		http://[!/]* | https://[!/]*) ;;
		*) refuse "$1 must begin with http:// or https://, not $2" ;;
	esac
}

check_name() {
	case $1 in
		'' | [!A-Za-z0-9]* | *[!A-Za-z0-9_.-]*) refuse '--name must be letters, digits or any of _ . - and begin with a letter or digit' ;;
	esac
	[ ${#1} -le 63 ] || refuse '--name must have at most 63 letters'
}

check_path() {
	case $2 in
		*[!A-Za-z0-9_.,+/@-]*) refuse "$1 holds letters that are not taken in paths here" ;;
		/*) ;;
		*) refuse "$1 must be an absolute path" ;;
	esac
}

# Before there is any output to tell it by.
refuse() {
	printf '[ERROR] %s\n' "$1" >&2
	exit 1
}

# ---- files of the image ----

image_file() {
	if [ -n "$image" ] && [ -f "$image/$1" ]; then
		cat "$image/$1"
	else
		carried "$1"
	fi
}

# The whole text, line feed at its end included, which $(…) would drop.
read_image_file() {
	image_text=$(image_file "$1" && echo .) || fail "$1 is not among the files that came with this script"
	image_text=${image_text%.}
}

# Not handed out but run where it lies: parts and files lie beside it.
if ! command -v carried >/dev/null 2>&1; then
	image_home=$(dirname "$0")
	[ -f "$image_home/bootstrap/journal.sh" ] || refuse 'the parts of this script are missing: take it from a control plane (build-swarmv3 bootstrap-script), or run it where it lies'
	carried() { cat "$image_home/$1"; }
	for part in say journal changes undo long plane environment portage packages agent service; do
		# shellcheck source=/dev/null
		. "$image_home/bootstrap/$part.sh"
	done
fi

main "$@"
