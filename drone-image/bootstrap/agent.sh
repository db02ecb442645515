# Step 9: Node.js, the agent, and the daily check.

do_agent() {
	make_wanted_directories
	provide_node
	install_agent
	install_check
}

make_wanted_directories() {
	local one
	for one in /opt/build-swarm/bin /opt/build-swarm/lib /var/log/build-swarm $(spec_values required_dirs); do
		case $one in
			/var/cache/*) [ -d "$root$one" ] || want_directory "$portage$one" ;;
			*) want_directory "$root$one" ;;
		esac
	done
}

# ---- Node.js ----

provide_node() {
	if find_node; then
		ok "Node.js $version ($node)"
		return
	fi
	if [ -n "$root" ]; then fail "Node.js $MIN_NODE or later is needed to run this, $found"; fi
	if command -v emerge >/dev/null 2>&1; then
		change 'install net-libs/nodejs with emerge' || return 0
		keep_package_list
		run_long nodejs emerge --ask=n --color=n --noreplace --quiet-build=y ">=net-libs/nodejs-$MIN_NODE"
		[ "$long_status" = 0 ] || fail "emerge could not install net-libs/nodejs (above, and in $job_log). Install it by hand, then run this again"
	elif command -v apt-get >/dev/null 2>&1 && apt_has_node; then
		change 'install nodejs with apt-get' || return 0
		run_long nodejs env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs
		[ "$long_status" = 0 ] || fail "apt-get could not install nodejs (above, and in $job_log)"
	else
		fail "Node.js $MIN_NODE or later is needed, $found. Install it (on Gentoo: emerge net-libs/nodejs), then run this again"
	fi
	hash -r
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
	local major=${1%%.*} rest=${1#*.} least=${MIN_NODE#*.}
	[ "$major" -gt "${MIN_NODE%%.*}" ] || { [ "$major" -eq "${MIN_NODE%%.*}" ] && [ "${rest%%.*}" -ge "$least" ]; }
}

apt_has_node() {
	local candidate
	[ -n "$dry_run" ] || apt-get update </dev/null >/dev/null 2>&1 || true
	candidate=$(apt-cache policy nodejs 2>/dev/null </dev/null | sed -n 's/^ *Candidate: //p')
	case $candidate in
		[0-9]*.*) is_recent "$candidate" ;;
		*) return 1 ;;
	esac
}

# ---- the agent ----

install_agent() {
	local wanted announced said runner=node
	if [ -n "$drone_bin" ]; then
		wanted=$(hash_of "$drone_bin") announced="$wanted of $drone_bin"
	else
		announced=$(plane version "$cp_url") || fail "$announced"
		wanted=${announced%% *}
	fi
	if [ -f "$agent" ] && [ "$(hash_of "$agent")" = "$wanted" ]; then
		ok "agent ${announced#* } is there"
	elif change "install the agent ${announced#* } as $agent"; then
		service_changes=$((service_changes + 1))
		make_directory "$lib_dir"
		remember "$agent"
		draft=$(draft_of "$agent")
		if [ -n "$drone_bin" ]; then
			cp "$drone_bin" "$draft" || fail "$draft cannot be written"
		else
			said=$(plane download "$cp_url" "$draft" "$wanted") || fail "$said"
		fi
		put_draft "$agent" 755
	fi
	[ -n "$root" ] || runner=${node:-node}
	matters put_text "$program" 755 "#!/bin/sh
exec $runner ${agent#"$root"} \"\$@\"
"
}

hash_of() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# ---- the daily check ----

install_check() {
	put_image_file comply.sh "$root/opt/build-swarm/comply.sh" 755
	put_image_file comply-cron.sh "$root/opt/build-swarm/comply-cron.sh" 755
	put_image_file drone.spec "$etc_dir/drone.spec" 644
	if [ "$(init_system)" = systemd ]; then
		put_image_file swarm-comply.service "$root/etc/systemd/system/swarm-comply.service" 644
		put_image_file swarm-comply.timer "$root/etc/systemd/system/swarm-comply.timer" 644
		put_link "$root/etc/systemd/system/timers.target.wants/swarm-comply.timer" /etc/systemd/system/swarm-comply.timer
	else
		put_text "$root/etc/cron.d/swarm-comply" 644 '# Checks this drone every day; installed by the bootstrap script of Build Swarm.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
0 6 * * * root /opt/build-swarm/comply-cron.sh
'
	fi
}

# NAME PATH MODE
put_image_file() {
	read_image_file "$1"
	put_text "$2" "$3" "$image_text"
}
