# Copyright 2026 Gentoo Authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

# node-gyp is written in Python.
PYTHON_COMPAT=( python3_{11..14} )

inherit python-any-r1 shell-completion systemd

DESCRIPTION="Turns a handful of Gentoo machines into one build farm with a binhost"
HOMEPAGE="https://wiki.gentoo.org/wiki/Binary_package_guide"
# The first is made by npm pack, the second holds the libraries of package-lock.json: see pkg_nofetch.
SRC_URI="
	${P}.tgz
	${P}-deps.tar.xz
"
S="${WORKDIR}/package"

LICENSE="MIT"
# Libraries that are shipped with it
LICENSE+=" Apache-2.0 BlueOak-1.0.0 BSD ISC Unlicense"
SLOT="0"
KEYWORDS="~amd64 ~arm64"
# Tests need the sources, and a network.
RESTRICT="fetch test"

# Headers of the very Node that runs it: the database library is compiled for one generation.
DEPEND=">=net-libs/nodejs-20.19:="
RDEPEND="
	${DEPEND}
	acct-group/build-swarm
	acct-user/build-swarm
"
BDEPEND="
	${PYTHON_DEPS}
	>=net-libs/nodejs-20.19[npm]
"

pkg_nofetch() {
	einfo "In a checkout of Build Swarm ${PV}, run"
	einfo "  npm install && npx tsx scripts/distfiles.ts DIRECTORY"
	einfo "and put what it makes there into your DISTDIR:"
	einfo "  ${A}"
}

src_prepare() {
	default
	mv "${WORKDIR}"/node_modules . || die
	# Ready-made for other systems; never wanted here.
	rm -rf node_modules/better-sqlite3/build || die
}

src_compile() {
	local node=$(type -P node) || die
	local -x npm_config_nodedir=$(realpath "${node%/*}/..")
	local -x npm_config_build_from_source=true npm_config_offline=true npm_config_cache="${T}"/npm
	local -x npm_config_devdir="${T}"/node-gyp
	npm rebuild better-sqlite3 --foreground-scripts || die "the database library could not be compiled"
}

src_install() {
	local home=/usr/$(get_libdir)/build-swarm library=node_modules/better-sqlite3

	# All else there is only for the compiler.
	mv ${library}/build/Release/better_sqlite3.node "${T}" || die
	rm -r ${library}/{build,deps,src,binding.gyp} || die
	mkdir -p ${library}/build/Release || die
	mv "${T}"/better_sqlite3.node ${library}/build/Release || die

	insinto ${home}
	doins -r dist bridge drone-image examples node_modules package.json
	fperms 0755 ${home}/dist/cli/bin.cjs ${home}/drone-image/{bootstrap,comply,comply-cron}.sh
	dosym -r ${home}/dist/cli/bin.cjs /usr/bin/build-swarmv3

	doman man/*.1
	dodoc README.md CHANGELOG.md

	local shell
	for shell in bash zsh fish; do
		node dist/cli/bin.cjs completion ${shell} > "${T}"/completion.${shell} || die
	done
	newbashcomp "${T}"/completion.bash build-swarmv3
	newzshcomp "${T}"/completion.zsh _build-swarmv3
	newfishcomp "${T}"/completion.fish build-swarmv3.fish

	insinto /etc/build-swarm
	doins "${FILESDIR}"/build-swarm.json
	newinitd "${FILESDIR}"/build-swarm.initd build-swarm
	newconfd "${FILESDIR}"/build-swarm.confd build-swarm
	systemd_dounit "${FILESDIR}"/build-swarm.service
}

pkg_postinst() {
	elog "Look at /etc/build-swarm/build-swarm.json, then start the control plane:"
	elog "  rc-update add build-swarm default && rc-service build-swarm start"
	elog "  systemctl enable --now build-swarm"
	elog "Its first start leaves an admin token in /var/lib/build-swarm-v3/admin-token."
}
