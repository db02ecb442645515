# Steps 2 to 6: Portage's configuration, and the ebuild repository. A Portage prefix keeps its own.

has_own_portage() {
	[ -n "$prefix" ] || return 1
	skip 'a Portage prefix keeps its own configuration'
}

# ---- 2: profile ----

do_profile() {
	local wanted link current tree
	if has_own_portage; then return 0; fi
	wanted=$(spec_values_here profile)
	link=$portage/etc/portage/make.profile
	current=$(current_profile)
	if [ "$current" = "$wanted" ]; then
		ok "profile $wanted"
		return 0
	fi
	tree=$(tree_place)
	assert_near "$current" "$wanted"
	if [ ! -d "$root$tree/profiles" ]; then
		info "there is no ebuild repository yet: $wanted is chosen now, and comes with it"
	elif [ ! -d "$root$tree/profiles/$wanted" ]; then
		fail "$tree has no profile $wanted: sync it (emerge --sync), or give a spec of your own with --image DIR"
	fi
	info "profile: ${current:-none} -> $wanted"
	put_link "$link" "../..$tree/profiles/$wanted"
}

current_profile() {
	local link
	link=$(readlink "$portage/etc/portage/make.profile" 2>/dev/null) || link=''
	link=${link%/}
	case $link in */profiles/*) printf '%s' "${link##*/profiles/}" ;; esac
}

# Where the main repository is, as the host itself sees it.
tree_place() {
	local link place
	link=$(readlink "$portage/etc/portage/make.profile" 2>/dev/null) || link=''
	case $link in
		../../*/profiles/*) link=/${link#../../} && link=${link%%/profiles/*} ;;
		/*/profiles/*) link=${link%%/profiles/*} ;;
		*) link='' ;;
	esac
	for place in "$link" /var/db/repos/gentoo /usr/portage; do
		if [ -n "$place" ] && [ -d "$root$place/profiles" ]; then
			printf '%s' "$place"
			return 0
		fi
	done
	printf '%s' /var/db/repos/gentoo
}

# From a desktop to none, yes; from another C library, init or layout of directories, never: that would take
# more than a link, and the next update would break the host.
assert_near() {
	local part bare=''
	[ -n "$1" ] || return 0
	for part in $(printf '%s' "$1" | tr / ' '); do
		case $part in desktop | gnome | plasma | developer) ;; *) bare=${bare:+$bare/}$part ;; esac
	done
	[ "$bare" = "$2" ] || fail "this host has the profile $1, and going to $2 is a migration that is made by hand (see: eselect profile list, and the Gentoo news). To keep it, give a drone.spec that names it with --image DIR"
}

# ---- 3: make.conf ----

do_make_conf() {
	local file=$portage/etc/portage/make.conf
	if has_own_portage; then return 0; fi
	# A directory of parts, of which the last counts.
	[ ! -d "$file" ] || file=$file/zz-swarm-drone
	read_image_file make.conf.drone
	image_text=$(printf '%s' "$image_text" | sed "s/__CORES__/$cores/g" && echo .)
	put_text "$file" keep:644 "${image_text%.}"
}

# ---- 4: package.use and package.accept_keywords ----

do_package_config() {
	if has_own_portage; then return 0; fi
	put_package_file package.use swarm-drone package.use.drone
	put_package_file package.accept_keywords swarm-drone package.accept_keywords.drone
	if [ "$(init_system)" = systemd ]; then put_package_file package.use swarm-drone-systemd package.use.systemd; fi
}

# DIRECTORY NAME FILE
put_package_file() {
	local dir=$portage/etc/portage/$1
	if [ -f "$dir" ]; then
		make_room "$dir"
		[ ! -f "$dir" ] || return 0
	fi
	read_image_file "$3"
	put_text "$dir/$2" keep:644 "$image_text"
}

# The file of an older host becomes the first of a directory.
make_room() {
	local draft
	change "turn $1 into a directory, with what it holds in $1/00-own" || return 0
	draft=$(draft_of "$1")
	remember "$1"
	rm -rf "$draft"
	{ mkdir "$draft" && cp -a "$1" "$draft/00-own"; } || fail "$draft cannot be made"
	note_new newdir "$1"
	note_new absent "$1/00-own"
	rm -f "$1"
	mv -T "$draft" "$1" || fail "$1 cannot be turned into a directory"
	remember_after "$1/00-own"
}

# ---- 5: ebuild repository ----

do_portage_tree() {
	local tree days
	if has_own_portage; then return 0; fi
	tree=$root$(tree_place)
	if [ -n "$root" ]; then
		skip 'nothing is run below --root: the ebuild repository stays as it is'
		return 0
	elif [ -n "$no_sync" ]; then
		skip 'left as it is (--no-sync)'
		return 0
	fi
	if is_pending sync; then
		sync_tree
	elif [ ! -d "$tree/profiles" ]; then
		change "fetch the ebuild repository into $tree" || return 0
		fetch_tree || fail "the ebuild repository cannot be fetched; what was said: $job_log"
	else
		days=$(tree_age_days "$tree")
		if [ "$days" != unknown ] && [ "$days" -le 1 ]; then
			ok "synced within a day ($tree)"
			return 0
		fi
		change "sync the ebuild repository $tree (last synced: $days days ago)" || return 0
		sync_tree
	fi
	[ -d "$tree/profiles/$(spec_values_here profile)" ] || fail "$tree has no profile $(spec_values_here profile)"
}

tree_age_days() {
	local stamp then_s
	stamp=$(head -n 1 "$1/metadata/timestamp.chk" 2>/dev/null) || stamp=''
	if [ -n "$stamp" ] && then_s=$(date -u -d "$stamp" +%s 2>/dev/null); then
		printf '%s' $((($(date +%s) - then_s) / 86400))
	else
		printf 'unknown'
	fi
}

sync_tree() {
	run_long sync emerge --sync --quiet
	if [ "$long_status" = 0 ]; then
		ok 'the ebuild repository is synced'
	elif command -v emerge-webrsync >/dev/null 2>&1 && fetch_tree; then
		ok 'the ebuild repository is synced (by emerge-webrsync)'
	else
		warn "the ebuild repository could not be synced; what was said: $job_log"
	fi
}

fetch_tree() {
	run_long webrsync emerge-webrsync --quiet
	[ "$long_status" = 0 ]
}

# ---- 6: world ----

do_world() {
	local file=$portage/var/lib/portage/world wanted own extra missing
	if has_own_portage; then return 0; fi
	wanted=$(world_atoms)
	own=$(atoms_in "$file")
	wanted=$(printf '%s\n%s\n' "$wanted" "$(allowed_of "$own")" | sort -u | sed '/^$/d')
	if [ -f "$file" ] && [ "$own" = "$wanted" ]; then
		ok "world file: $(printf '%s\n' "$own" | grep -c .) packages, as they should be"
		return 0
	fi
	extra=$(printf '%s\n' "$own" | without "$wanted") missing=$(printf '%s\n' "$wanted" | without "$own")
	[ -z "$missing" ] || info "to the world file come: $(printf '%s' "$missing" | tr '\n' ' ')"
	[ -z "$extra" ] || info "from the world file go: $(printf '%s' "$extra" | tr '\n' ' ') (the packages stay until they are pruned)"
	put_text "$file" keep:644 "$wanted
"
}

# On a host with systemd the spec has a list of its own.
world_atoms() {
	if [ "$(init_system)" = systemd ] && [ -n "$(spec_values systemd.world_packages)" ]; then
		spec_values systemd.world_packages
	else
		image_file package.list | sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d'
	fi
}

atoms_in() {
	[ -f "$1" ] || return 0
	sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$1" | sort -u
}

# Those without which the host might not start, or not be reached; a slot of a wanted package too.
allowed_of() {
	local atom pattern patterns
	patterns=$(spec_values world_allowed && world_atoms)
	set -f
	for atom in $1; do
		for pattern in $patterns; do
			# shellcheck disable=SC2254
			case ${atom%%:*} in $pattern) printf '%s\n' "$atom" ;; esac
		done
	done
	set +f
}

# Lines of standard input that are none of $1.
without() {
	if [ -z "$1" ]; then cat; else grep -vxF "$1" || true; fi
}
