# Step 10: the services. In an image they are only put in place.

do_service() {
	case $(init_system) in
		openrc)
			read_image_file swarm-drone.initd
			matters put_text "$root/etc/init.d/swarm-drone" 755 "$image_text"
			;;
		systemd)
			read_image_file swarm-drone.service
			matters put_text "$root/etc/systemd/system/swarm-drone.service" 644 "$image_text"
			;;
		none)
			info "neither OpenRC nor systemd is here; run the drone with: ${program#"$root"}"
			return 0
			;;
	esac
	enable_others
	enable_service swarm-drone
	start_drone
}

# The others that the spec asks for: the daily check needs cron, and whoever looks after this drone needs sshd.
enable_others() {
	local one
	for one in $(spec_values_here required_services); do
		[ "$one" != swarm-drone ] || continue
		if ! has_service "$one"; then
			info "there is no service $one on this host"
			continue
		fi
		enable_service "$one"
		if [ -z "$root" ] && ! is_up "$one"; then
			change "start the service $one" || continue
			note_new started "/$one"
			control start "$one" || warn "the service $one cannot be started"
		fi
	done
}

has_service() {
	local place
	case $(init_system) in
		openrc) [ -f "$root/etc/init.d/$1" ] ;;
		*)
			for place in etc/systemd/system usr/lib/systemd/system lib/systemd/system; do
				[ ! -e "$root/$place/$1.service" ] || return 0
			done
			return 1
			;;
	esac
}

# NAME: started with the system. In whichever runlevel its owner put it.
enable_service() {
	local link place
	case $(init_system) in
		openrc)
			for link in "$root"/etc/runlevels/*/"$1"; do [ ! -L "$link" ] || return 0; done
			put_link "$root/etc/runlevels/default/$1" "/etc/init.d/$1"
			;;
		*)
			for link in "$root"/etc/systemd/system/*.wants/"$1".service "$root"/etc/systemd/system/*.wants/"$1".socket; do
				[ ! -L "$link" ] || return 0
			done
			for place in etc/systemd/system usr/lib/systemd/system lib/systemd/system; do
				[ ! -e "$root/$place/$1.service" ] || break
			done
			put_link "$root/etc/systemd/system/multi-user.target.wants/$1.service" "/$place/$1.service"
			;;
	esac
}

start_drone() {
	[ -z "$root" ] || return 0
	if is_up swarm-drone; then
		[ "$service_changes" -gt 0 ] || { ok 'the drone runs' && return 0; }
		change 'restart the service swarm-drone' || return 0
		control restart swarm-drone || fail "the service cannot be restarted; its log is /var/log/build-swarm/drone-error.log"
	else
		change 'start the service swarm-drone' || return 0
		note_new started /swarm-drone
		control start swarm-drone || fail "the service cannot be started; its log is /var/log/build-swarm/drone-error.log"
	fi
	ok 'the drone runs'
}

is_up() {
	if [ "$(init_system)" = systemd ]; then
		systemctl is-active --quiet "$1" </dev/null >/dev/null 2>&1
	else
		rc-service "$1" status </dev/null >/dev/null 2>&1
	fi
}

# A daemon must not hold our lock.
control() {
	if [ "$(init_system)" = systemd ]; then
		{ systemctl daemon-reload && systemctl "$1" "$2"; } </dev/null >&3 2>&1 9<&-
	else
		rc-service "$2" "$1" </dev/null >&3 2>&1 9<&-
	fi
}
