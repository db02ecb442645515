EAPI=8
inherit swarm-cc
DESCRIPTION="Its default USE flags contradict its REQUIRED_USE"
SLOT="0"
KEYWORDS="amd64"
IUSE="+left right"
REQUIRED_USE="left? ( right )"

src_compile() {
	swarm_bin wants-both 1
}
